import ConsoleAPI
import Music
import Testing
import VirtualKeyboard

extension MachineTests.OnThePlainGuest {
    /// The daemon is killed while the band plays.
    @Suite struct Crash {
        let machine = Machine.current

        @Test func whatAKilledDaemonHeldIsReleased() async throws {
            let keys = machine.keyboards[0]
            let synth = try await machine.startSynth()
            let daemon = try await machine.startDaemon("killed", tempo: 400)
            let beginning = daemon.now
            try await keys.plug(.silent)
            try await daemon.knows(KeyboardModel.silent.name ?? "", since: beginning)
            keys.press(.record)
            try await daemon.becomes(.armed, since: beginning)
            for pitch: UInt8 in [60, 64, 67, 72] { keys.play([0x90, pitch, 80], [0x80, pitch, 0]) }
            try await daemon.hears(4, since: beginning)
            keys.press(.record)
            try await daemon.becomes(.playing, since: beginning)
            // The player holds a key and the pedal.
            keys.play([0xB0, 64, 127], [0x90, 50, 80])
            let band: Set<Int> = [2, 3, 4, 5, 10]
            func hanging(_ heard: [Synth.Heard], _ channels: Set<Int>) -> [NoteMessage] {
                Reception(heard.map { ($0.time, $0.bytes) }, on: channels).notes.hanging
            }
            let playing = await synth.heard { !hanging($0, band).isEmpty && !hanging($0, [1]).isEmpty }
            try await machine.succeed("kill -9 $(pidof continuod)")
            let folder = "/tmp/daemon-killed"
            try await machine.succeed("test -s \(folder)/continuo.sock.ports")
            let said = try await machine.run(
                "continuod --release --config \(folder)/continuo.toml --socket \(folder)/continuo.sock --transport alsa"
            )
            let all = band.union([1])
            let heard = await synth.heard { hanging($0, all).isEmpty && $0.contains { $0.bytes == [0xB0, 64, 0] } }

            #expect(!hanging(playing, band).isEmpty, "the band did not play")
            #expect(said.status == 0 && said.errorText.contains("released every note"), "\(said.errorText)")
            #expect(hanging(heard, all).isEmpty)
            #expect(heard.contains { $0.bytes == [0xB0, 64, 0] })
            #expect(synth.overruns == 0)
            #expect(try await machine.run("test -e \(folder)/continuo.sock.ports").status != 0)
        }
    }
}
