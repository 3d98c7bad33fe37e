import ConsoleAPI
import Music
import TestSupport
import Testing
import VirtualKeyboard

extension MachineTests.OnThePlainGuest {
    /// Keyboards are pulled out in the middle of a phrase, while the band plays. Nothing hangs, nothing is lost, and the same
    /// keyboard goes on where it is plugged in again.
    @Suite struct Replug {
        let machine = Machine.current
        private static let rounds = longCount(3, full: 100)
        /// Where the band may play.
        private static let band: Set<Int> = [2, 3, 4, 5, 10]

        @Test func aSilentKeyboardIsPulledOutAgainAndAgain() async throws {
            let keys = machine.keyboards[0]
            let (synth, daemon) = try await prepare(.silent, "replug-silent")
            for round in 1...Self.rounds {
                let mark = daemon.now
                let thru = { synth.heard.count { $0.bytes[0] == 0x90 && $0.bytes[2] > 0 } }
                let before = thru()
                try await playPhrase(on: keys, daemon)
                await _ = synth.heard { _ in thru() >= before + 4 }
                try await keys.unplug()
                let take = try await daemon.keepsTake(since: mark)
                await _ = synth.heard { notes(of: $0, on: [1]).hanging.isEmpty }

                #expect(thru() == before + 4, "round \(round): each key went thru once")
                #expect(notes(of: synth.heard, on: [1]).hanging.isEmpty, "round \(round): a key hangs")
                #expect(take.noteCount == 4 && take.isDamaged, "round \(round): \(take)")
                try await stop(daemon, synth, "round \(round)")

                try await plugAgain(.silent, daemon)
                let silence = synth.heard.count
                keys.press(.play)
                let heard = await synth.heard {
                    notes(of: $0.dropFirst(silence), on: Self.band).contains(where: \.isBeginning)
                }
                #expect(heard.count > silence, "round \(round): the band plays again")
            }
            #expect(keys.received.isEmpty, "a keyboard not known to sound was played to")
            #expect(try await daemon.status().counters["overruns"] == 0)
        }

        @Test func aKeyboardThatSoundsIsPulledOutAgainAndAgain() async throws {
            let keys = machine.keyboards[0]
            let (synth, daemon) = try await prepare(.sounding, "replug-sounding")
            for round in 1...Self.rounds {
                let mark = daemon.now
                try await playPhrase(on: keys, daemon)
                try await keys.unplug()
                let take = try await daemon.keepsTake(since: mark)
                #expect(take.noteCount == 4 && take.isDamaged, "round \(round): \(take)")
                // Its band goes over to the synthesizer, where it must not stay for ever.
                try await stop(daemon, synth, "round \(round)")

                try await plugAgain(.sounding, daemon)
                keys.press(.play)
                let heard = await keys.received { notes(of: $0).contains(where: \.isBeginning) }
                #expect(notes(of: heard).contains { $0.isBeginning }, "round \(round): the band plays again")
            }
            let stopping = daemon.now
            keys.press(.stop)
            try await Task.sleep(for: .milliseconds(100))
            keys.press(.stop)
            try await daemon.becomes(.stopped, since: stopping)
            let heard = await keys.received { notes(of: $0).hanging.isEmpty }
            #expect(notes(of: heard).hanging.isEmpty)
            #expect(
                synth.heard.allSatisfy { $0.bytes[0] & 15 != 0 || $0.bytes[0] & 0xF0 != 0x90 }, "its keys went thru")
        }

        // MARK: What both have in common

        private func prepare(_ model: KeyboardModel, _ name: String) async throws -> (Synth, Daemon) {
            let synth = try await machine.startSynth()
            let daemon = try await machine.startDaemon(name, tempo: 400)
            try await plugAgain(model, daemon)
            return (synth, daemon)
        }

        private func plugAgain(_ model: KeyboardModel, _ daemon: Daemon) async throws {
            let mark = daemon.now
            try await machine.keyboards[0].plug(model)
            try await daemon.knows(model.name ?? "", since: mark)
        }

        /// Arms, and plays four notes of which the last two are held.
        private func playPhrase(on keys: VirtualKeyboard, _ daemon: Daemon) async throws {
            // Over a band that plays, Record would add to its round.
            if try await daemon.status().state == .playing {
                let mark = daemon.now
                try await daemon.perform(.stop)
                try await daemon.perform(.stop)
                try await daemon.becomes(.stopped, since: mark)
            }
            let mark = daemon.now
            keys.press(.record)
            try await daemon.becomes(.armed, since: mark)
            for messages: [[UInt8]] in [
                [[0x90, 60, 80]], [[0x80, 60, 0], [0x90, 64, 80]], [[0x80, 64, 0], [0x90, 67, 80]], [[0x90, 72, 80]],
            ] {
                keys.play(messages)
                try await Task.sleep(for: .milliseconds(80))
            }
            try await daemon.hears(4, since: mark)
        }

        /// Presses Stop twice, and waits until everything on the synthesizer has ended.
        private func stop(_ daemon: Daemon, _ synth: Synth, _ round: String) async throws {
            if try await daemon.status().state == .playing {
                let mark = daemon.now
                try await daemon.perform(.stop)
                try await daemon.perform(.stop)
                try await daemon.becomes(.stopped, since: mark)
            }
            let all = Self.band.union([1])
            let heard = await synth.heard { notes(of: $0, on: all).hanging.isEmpty }
            #expect(notes(of: heard, on: all).hanging.isEmpty, "\(round): notes hang after Stop")
        }

        private func notes(of heard: some Sequence<Synth.Heard>, on channels: Set<Int>) -> [NoteMessage] {
            Reception(heard.map { ($0.time, $0.bytes) }, on: channels).notes
        }

        private func notes(of received: [VirtualKeyboard.Received]) -> [NoteMessage] {
            Reception(received.map { (.zero, $0.bytes) }, on: Self.band).notes
        }
    }
}
