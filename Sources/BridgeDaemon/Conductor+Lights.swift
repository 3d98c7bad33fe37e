import ConsoleAPI
import Controls
import LiveSession
import Logging
import MIDI
import Music
import Playback
import Transport

/// What keyboards' lights and the state port show.
extension Conductor {
    /// Shows the state where it changed, and which buttons are on.
    func showState() {
        if session.recorder.state.phase == .recording { isTakeDamaged = false }
        let state = LightState(session.state, isDamaged: isTakeDamaged)
        if state != announcedState {
            announcedState = state
            transport.announce(.controlChange(Self.stateChannel, Self.stateControl, state.rawValue))
        }
        desk.show(state, buttonsOn: desk.hasLights ? buttonsOn : [], transport)
    }

    /// Where the state port says what the state is.
    static let stateChannel = Channel(16)
    static let stateControl: UInt8 = 119

    /// The buttons that are on: what they do is so.
    private var buttonsOn: Set<ControlAction> {
        var on: Set<ControlAction> = []
        if let index = genres.firstIndex(of: session.genre) { on.insert(.genre(index + 1)) }
        for part in Part.allCases {
            if session.mix.locked.contains(part) { on.insert(.lock(part)) }
            if session.mix.muted.contains(.part(part)) { on.insert(.mute(part)) }
            if session.mix.alone.contains(part) { on.insert(.solo(part)) }
        }
        if session.loops { on.insert(.loop) }
        if session.clicks { on.insert(.metronome) }
        return on
    }

    /// Closes the ports on which keyboards were only asked who they are.
    func closeLeftPorts() {
        guard !desk.left.isEmpty else { return }
        for port in desk.left where port != output?.port.address && port != clockOut { transport.stopPlaying(to: port) }
        desk.left = []
    }

    /// Hears what may be a keyboard's answer to the question who it is.
    func hearAnswer(_ event: TransportEvent) {
        guard event.kind == .systemExclusive, let (keyboard, music) = desk.hearAnswer(event, transport) else { return }
        for message in music { play(message, from: keyboard.source, at: event.time) }
        logger.notice(
            "keyboard recognized by what it says of itself",
            metadata: ["device": "\(keyboard.name)", "profile": "\(keyboard.plugged.profile?.id ?? "generic")"])
        publish(.deviceCame(KeyboardReport(keyboard)))
        look()
    }
}
