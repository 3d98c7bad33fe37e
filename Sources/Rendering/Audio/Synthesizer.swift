internal import CFluidSynth
import MIDI

/// FluidSynth without a sound card: messages in, stereo samples out, as fast as the machine can.
struct Synthesizer: ~Copyable {
    private let settings: OpaquePointer
    private let synth: OpaquePointer

    /// Loads the SoundFont, which takes a tenth of a second for a large one.
    init(soundFont: String, sampleRate: Int) throws(RenderingError) {
        // FluidSynth writes to standard error by itself; what matters is in the errors thrown here.
        for level in [FLUID_PANIC, FLUID_ERR, FLUID_WARN, FLUID_INFO, FLUID_DBG] {
            fluid_set_log_function(Int32(level.rawValue), nil, nil)
        }
        guard let settings = new_fluid_settings() else { throw Synthesizer.failed("new_fluid_settings") }
        fluid_settings_setnum(settings, "synth.sample-rate", Double(sampleRate))
        fluid_settings_setnum(settings, "synth.gain", 0.4)
        fluid_settings_setint(settings, "synth.polyphony", 512)
        fluid_settings_setint(settings, "synth.threadsafe-api", 0)
        fluid_settings_setint(settings, "synth.lock-memory", 0)
        guard let synth = new_fluid_synth(settings) else {
            delete_fluid_settings(settings)
            throw Synthesizer.failed("new_fluid_synth")
        }
        guard fluid_synth_sfload(synth, soundFont, 1) != FLUID_FAILED else {
            delete_fluid_synth(synth)
            delete_fluid_settings(settings)
            throw RenderingError(
                .badSoundFont, action: "load the SoundFont \(soundFont)", cause: "FluidSynth cannot read it",
                advice: "see that it is an SF2 or SF3 file, or install fluid-soundfont-gm")
        }
        self.settings = settings
        self.synth = synth
    }

    deinit {
        delete_fluid_synth(synth)
        delete_fluid_settings(settings)
    }

    private static func failed(_ call: String) -> RenderingError {
        RenderingError(.failed, action: "start the synthesizer", cause: "\(call) failed")
    }

    /// Plays a message at the present position. What a SoundFont has no sound for stays silent.
    func play(_ message: MIDIMessage) {
        guard let channel = message.channel else { return }
        let wire = Int32(channel.wire)
        switch message.kind {
        case .noteOn(_, let pitch, let velocity):
            fluid_synth_noteon(synth, wire, Int32(pitch.number), Int32(velocity.number))
        case .noteOff(_, let pitch): fluid_synth_noteoff(synth, wire, Int32(pitch.number))
        case .controlChange(_, let controller, let value): fluid_synth_cc(synth, wire, Int32(controller), Int32(value))
        case .programChange(_, let program): fluid_synth_program_change(synth, wire, Int32(program.number))
        case .pitchBend(_, let value): fluid_synth_pitch_bend(synth, wire, Int32(value + 8192))
        case .channelPressure(_, let value): fluid_synth_channel_pressure(synth, wire, Int32(value))
        case .polyPressure(_, let pitch, let value):
            fluid_synth_key_pressure(synth, wire, Int32(pitch.number), Int32(value))
        case .systemCommon, .realTime: break
        }
    }

    /// Voices that still sound, releases included.
    var activeVoices: Int { Int(fluid_synth_get_active_voice_count(synth)) }

    /// Renders the next samples, left and right in turn.
    ///
    /// - Parameter samples: two a frame; its first `2 * frames` are overwritten.
    func render(frames: Int, into samples: inout [Float]) throws(RenderingError) {
        precondition(samples.count >= 2 * frames, "two samples a frame")
        let result = samples.withUnsafeMutableBufferPointer { buffer in
            fluid_synth_write_float(synth, Int32(frames), buffer.baseAddress, 0, 2, buffer.baseAddress, 1, 2)
        }
        guard result == FLUID_OK else {
            throw RenderingError(.failed, action: "render audio", cause: "fluid_synth_write_float failed")
        }
    }
}
