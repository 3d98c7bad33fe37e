import ConsoleAPI
import Testing
import VirtualKeyboard

extension MachineTests.UnderSystemd {
    /// Sound without a synthesizer: the daemon has the distribution's fluidsynth started, in its sandbox, and the band is in its samples.
    @Suite struct LiveSound {
        let machine = Machine.current
        private static let folder = "/run/synth-test"
        private static let rate = 22_050

        @Test func theBandIsInTheSamplesOfASynthesizerThatComesAndGoes() async throws {
            try await machine.write(
                """
                [Service]
                RuntimeDirectory=synth-test
                RuntimeDirectoryPreserve=yes
                Environment=DRIVER=file "OPTIONS=-r \(Self.rate) -R 0 -C 0 -T raw -o audio.file.name=\(Self.folder)/band.raw"

                """, to: "/run/systemd/system/continuo-synth@.service.d/test.conf")
            try await machine.write("[synth]\nstart = \"on\"\nidle_minutes = 0.25\n", to: "/etc/continuo/continuo.toml")
            try await machine.succeed("systemctl daemon-reload; systemctl restart continuod")
            do {
                try await bandComesAndGoes()
            } catch {
                _ = try? await cleanUp()
                throw error
            }
            try await cleanUp()
        }

        private func bandComesAndGoes() async throws {
            let keys = machine.keyboards[0]
            try await keys.plug(.silent)
            let daemon = try await Daemon(on: machine, socket: "/run/continuo/continuo.sock")
            try await sounds(daemon)
            #expect(try await daemon.status().synth == "running")
            // What is there before anything is played is silent.
            #expect(try await loudest(from: 0) < 50)

            let before = try await size()
            keys.play([0x90, 60, 100])
            try await machine.eventually("the player is in the samples") {
                try await loudest(from: before) > 300 ? true : nil
            }
            keys.play([0x80, 60, 0])

            // A synthesizer that is killed is missed, and another one comes.
            try await machine.succeed("kill -KILL $(pidof fluidsynth)")
            try await machine.eventually("its end is noticed") {
                let status = try await daemon.status()
                return status.output == nil ? true : nil
            }
            try await sounds(daemon)

            // Nobody plays: it ends by itself, and the next note brings it back.
            try await machine.eventually("it ends after silence") {
                try await machine.run("pidof fluidsynth").text.isEmpty ? true : nil
            }
            #expect(try await daemon.status().synth == "asleep; it starts when you play")
            #expect(try await machine.succeed("systemctl --failed --no-legend --plain").isEmpty)
            keys.play([0x90, 62, 100], [0x80, 62, 0])
            try await sounds(daemon)

            let performance = try Performance("ode-to-joy", bars: 2, tempo: 240, seed: 3)
            let mark = daemon.now
            keys.press(.record)
            try await daemon.becomes(.armed, since: mark)
            _ = try await performance.play(on: keys)
            keys.press(.record)
            _ = try await daemon.keepsArrangement(since: mark)
            try await daemon.becomes(.playing, since: mark)
            let entered = try await size()
            try await machine.eventually("the band is in the samples") {
                try await loudest(from: entered) > 300 ? true : nil
            }
            keys.press(.stop)
            try await daemon.becomes(.stopped, since: mark)
        }

        private func sounds(_ daemon: Daemon) async throws {
            try await machine.eventually("the band has the synthesizer's port") {
                try await daemon.status().output?.contains("FLUID Synth (Continuo)") == true ? true : nil
            }
        }

        private func cleanUp() async throws {
            try await machine.succeed(
                """
                systemctl stop continuod; rm -rf /run/systemd/system/continuo-synth@.service.d /etc/continuo/continuo.toml
                rm -rf \(Self.folder); systemctl daemon-reload
                """)
        }

        private func size() async throws -> Int {
            Int(try await machine.succeed("stat -c %s \(Self.folder)/band.raw").dropLast()) ?? 0
        }

        /// The largest deviation from zero of a part of the samples.
        private func loudest(from start: Int) async throws -> Int {
            try await machine.succeed("tail -c +\(start / 4 * 4 + 1) \(Self.folder)/band.raw >/tmp/synth-test.raw")
            let samples = try await machine.contents(of: "/tmp/synth-test.raw")
            var largest = 0
            for index in stride(from: 0, to: samples.count - 1, by: 2) {
                let sample = Int16(truncatingIfNeeded: Int(samples[index]) | Int(samples[index + 1]) << 8)
                largest = max(largest, abs(Int(sample)))
            }
            return largest
        }
    }
}
