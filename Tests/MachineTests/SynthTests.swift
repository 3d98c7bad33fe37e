import ConsoleAPI
import Testing
import VirtualKeyboard

extension MachineTests.UnderSystemd {
    /// Sound without a synthesizer: the daemon has the distribution's fluidsynth started, in its sandbox, and the band is in its samples.
    @Suite struct LiveSound {
        let machine = Machine.current
        private static let folder = "/run/synth-test"
        /// So many samples a second, written a hundredth of a second at a time: fluidsynth's clock for files counts whole milliseconds.
        private static let rate = 16_000
        /// Quarter notes a minute.
        private static let tempo = 120

        @Test func theBandIsInTheSamplesOfASynthesizerThatComesAndGoes() async throws {
            try await machine.write(
                """
                [Service]
                RuntimeDirectory=synth-test
                RuntimeDirectoryPreserve=yes
                Environment=DRIVER=file "OPTIONS=-r \(Self.rate) -z \(Self.rate / 100) -R 0 -C 0 -T raw -o audio.file.name=\(Self.folder)/band.raw"

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

            let performance = try Performance("ode-to-joy", bars: 2, tempo: Self.tempo, seed: 3)
            let mark = daemon.now
            keys.press(.record)
            try await daemon.becomes(.armed, since: mark)
            _ = try await performance.play(on: keys)
            keys.press(.record)
            let arrangement = try await daemon.keepsArrangement(since: mark)
            try await daemon.becomes(.playing, since: mark)
            try await stops(daemon)

            // A synthesizer that is killed is missed, and another one comes.
            try await machine.succeed("kill -KILL $(pidof fluidsynth)")
            try await machine.eventually("its end is noticed") {
                let status = try await daemon.status()
                return status.output == nil ? true : nil
            }
            try await sounds(daemon)

            // Nobody plays: it ends by itself.
            try await machine.eventually("it ends after silence") {
                try await machine.run("pidof fluidsynth").text.isEmpty ? true : nil
            }
            #expect(try await daemon.status().synth == "asleep; it starts when you play")
            #expect(try await machine.succeed("systemctl --failed --no-legend --plain").isEmpty)

            // The press of Play alone brings it back, and the band waits for it: its first note is there.
            let pressed = daemon.now
            keys.press(.play)
            try await daemon.becomes(.playing, since: pressed)
            try await Task.sleep(for: performance.bar * 2 + .milliseconds(900))
            try await stops(daemon)
            try await Task.sleep(for: .seconds(1))
            try await expectBand(arrangement)

            try await expectSilenceAfterAKill(keys, daemon)
        }

        private func stops(_ daemon: Daemon) async throws {
            let stopping = daemon.now
            machine.keyboards[0].press(.stop)
            try await Task.sleep(for: .milliseconds(100))
            machine.keyboards[0].press(.stop)
            try await daemon.becomes(.stopped, since: stopping)
        }

        /// The whole life of a synthesizer in which the band played alone: silence, a round of the arrangement, silence.
        private func expectBand(_ arrangement: ArrangementReport) async throws {
            let recording = Recording(
                stereo: try await machine.contents(of: "\(Self.folder)/band.raw"), rate: Self.rate)
            func seconds(_ notes: [NoteReport]) -> [Double] {
                Set(notes.map(\.onset)).sorted().map { Double($0) / 480 * 60 / Double(Self.tempo) }
            }
            // A pad swells; what is struck is heard at once.
            let struck = arrangement.parts.filter { $0.key != "pad" }.values.flatMap(\.notes)
            let all = arrangement.parts.values.flatMap(\.notes) + arrangement.melody
            let fit = try #require(
                recording.fit(onsets: seconds(struck), others: seconds(all)), "nothing becomes louder")
            let first = try #require(recording.rises.first)
            let beginning = fit.origin + (seconds(all).first ?? 0)
            let (before, after) = (
                recording.rms(from: 0, to: beginning - 0.1),
                recording.rms(from: recording.seconds - 0.3, to: recording.seconds)
            )
            let round = recording.rms(from: fit.origin, to: fit.origin + 4)
            print("The band is in the samples from \(fit.origin) s on: \(fit); effective \(before), \(round), \(after)")
            #expect(fit.isTheBand, "\(fit)")
            #expect(abs(first - beginning) < 0.1, "the first sound lies \(first - beginning) s beside the first note")
            #expect(round > 0.01)
            #expect(before < 0.001, "it is not silent before the entrance")
            #expect(after < 0.001, "it is not silent after the end")
        }

        /// A daemon that is killed while its band plays and a key is held leaves nothing sounding.
        private func expectSilenceAfterAKill(_ keys: VirtualKeyboard, _ daemon: Daemon) async throws {
            let mark = daemon.now
            keys.press(.play)
            try await daemon.becomes(.playing, since: mark)
            let before = try await size()
            keys.play([0x90, 60, 100])
            try await machine.eventually("band and player are in the samples") {
                try await loudest(from: before) > 300 ? true : nil
            }
            let old = try await machine.succeed("pidof fluidsynth")
            try await machine.succeed("systemctl kill -s KILL continuod")
            let killed = ContinuousClock.now
            try await machine.eventually("its synthesizer ends with it", within: .seconds(10)) {
                try await machine.run("pidof fluidsynth").text == old ? nil : true
            }
            print("The synthesizer of a killed daemon ended after \(ContinuousClock.now - killed)")
            // systemd starts the daemon again, and it finds its keyboard and starts a synthesizer: a silent one.
            let next = try await Daemon(on: machine, socket: "/run/continuo/continuo.sock")
            try await sounds(next)
            try await Task.sleep(for: .milliseconds(500))
            #expect(try await loudest(from: 0) < 50, "something sounds on")
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
