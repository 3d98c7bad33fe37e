import ConsoleAPI
import Music
import Testing
import VirtualKeyboard

extension MachineTests.OnThePlainGuest {
    /// The daemon's promise, kept on the real sequencer: play a melody, press Record twice, and a band comes in.
    @Suite struct Band {
        let machine = Machine.current

        @Test func theBandPlaysOnAKeyboardThatSoundsAndStopsAtOnce() async throws {
            try await machine.inTime { try await bandOnAKeyboardThatSounds($0) }
        }

        @Test func theBandPlaysOnTheSynthAndStopsAtTheBarLine() async throws {
            try await machine.inTime { try await bandOnTheSynth($0) }
        }

        private func bandOnAKeyboardThatSounds(_ pulse: Pulse) async throws {
            let (keys, other) = (machine.keyboards[0], machine.keyboards[1])
            let synth = try await machine.startSynth()
            let daemon = try await machine.startDaemon("sounding", tempo: 240)
            let performance = try Performance("ode-to-joy", bars: 4, tempo: 240, seed: 1)
            let beginning = daemon.now
            try await keys.plug(.sounding)
            try await other.plug(.silent)
            let known = try await daemon.knows(KeyboardModel.sounding.name ?? "", since: beginning)
            try await daemon.knows(KeyboardModel.silent.name ?? "", since: beginning)

            let (started, arrangement) = try await record(performance, on: keys, daemon)
            let score = Score(arrangement)
            let enough = score.events.count + score.count(before: 481)
            await _ = keys.received { notes(of: $0, score).count >= enough }
            let stopping = daemon.now
            keys.press(.stop)
            try await Task.sleep(for: .milliseconds(100))
            keys.press(.stop)
            try await daemon.becomes(.stopped, since: stopping)
            await _ = keys.received { notes(of: $0, score).hanging.isEmpty }
            try await Task.sleep(for: performance.bar)  // the next bar line has passed: nothing may follow
            let band = Reception(keys.received.map { ($0.instant - started, $0.bytes) }, on: score.channels)

            #expect(known.profile == "test-sounding")
            expectWholeBand(arrangement)
            let correct = commonPrefix(band.notes, score)
            #expect(correct >= enough, difference(band.notes, score, correct))
            #expect(correct < score.events.count + score.count(before: 4 * 480), "the band played on to the bar line")
            #expect(band.notes.dropFirst(correct).allSatisfy { !$0.isBeginning })
            #expect(band.notes.hanging.isEmpty)
            expectEntry(of: band, score, performance, melodyAt: .zero, pulse)
            // The band alone: neither the player's notes nor the buttons come back.
            let own = score.channels.union([7, 10])
            #expect(keys.received.filter { !own.contains(Int($0.bytes[0] & 15) + 1) }.isEmpty)
            #expect(other.received.isEmpty, "a keyboard not known to sound was played to")
            #expect(synth.heard.allSatisfy { NoteMessage($0.bytes) == nil }, "the band plays in one place")
        }

        private func bandOnTheSynth(_ pulse: Pulse) async throws {
            let keys = machine.keyboards[0]
            let synth = try await machine.startSynth()
            let daemon = try await machine.startDaemon("silent", tempo: 240)
            let performance = try Performance("ode-to-joy", bars: 4, tempo: 240, seed: 2)
            let beginning = daemon.now
            try await keys.plug(.silent)
            let known = try await daemon.knows(KeyboardModel.silent.name ?? "", since: beginning)

            let (_, arrangement) = try await record(performance, on: keys, daemon)
            let score = Score(arrangement)
            let enough = score.events.count + score.count(before: 481)
            await _ = synth.heard { notes(of: $0, score).count >= enough }
            let stopping = daemon.now
            keys.press(.stop)
            try await daemon.becomes(.stopped, since: stopping)
            await _ = synth.heard { notes(of: $0, score).hanging.isEmpty }
            try await Task.sleep(for: performance.bar * 3)  // the ending has rung, and nothing has followed
            let all = synth.heard.map { ($0.time, $0.bytes) }
            let (band, thru) = (Reception(all, on: score.channels), Reception(all, on: [1]))

            #expect(known.profile == "m-audio-oxygen")
            expectWholeBand(arrangement)
            let correct = commonPrefix(band.notes, score)
            let untilBarLine = score.events.count + score.count(before: 4 * 480)
            #expect(correct >= untilBarLine, difference(band.notes, score, correct))
            // Behind the bar line is the ending: a bar in which nothing of the round is played.
            #expect(
                band.notes.dropFirst(untilBarLine).count { $0.isBeginning } < score.count(before: 4 * 480),
                "it played on behind the bar line")
            #expect(band.notes.hanging.isEmpty)
            #expect(Reception(all, on: [10]).notes.hanging.isEmpty)
            // The player is heard on the synthesizer, on a channel of their own; the buttons are not.
            #expect(thru.notes.filter(\.isBeginning).map(\.pitch) == performance.notes.map(\.pitch))
            #expect(thru.notes.hanging.isEmpty)
            let melodyAt = zip(thru.messages.filter(\.note.isBeginning), performance.notes)
                .map { $0.time - performance.length(ofTicks: $1.tick) }.sorted()[performance.notes.count / 2]
            expectEntry(of: band, score, performance, melodyAt: melodyAt, pulse)
            #expect(Set(synth.heard.map { Int($0.bytes[0] & 15) + 1 }).isSubset(of: score.channels.union([1, 7, 10])))
            #expect(synth.overruns == 0)
            #expect(keys.received.isEmpty, "a keyboard not known to sound was played to")
            let status = try await daemon.status()
            #expect(status.counters["overruns"] == 0)
            // What the kernel stamped, both on the player's keys and on the events that lie beside the band's notes.
            let thruTimes = try #require(status.timing?.thru)
            #expect(thruTimes.count >= performance.notes.count, "of \(performance.notes.count) notes with their ends")
            #expect(thruTimes.p50 > 0 && thruTimes.p50 < 500, "\(thruTimes)")
            let lateness = try #require(status.timing?.lateness)
            #expect(lateness.count >= 20 && lateness.p50 < 500, "\(lateness)")
        }

        // MARK: What both have in common

        /// Plays a performance between two presses of Record, and checks that it was understood.
        ///
        /// - Returns: when the first bar line was, and what the band answers.
        private func record(
            _ performance: Performance, on keys: VirtualKeyboard, _ daemon: Daemon
        ) async throws -> (ContinuousClock.Instant, ArrangementReport) {
            let mark = daemon.now
            keys.press(.record)
            try await daemon.becomes(.armed, since: mark)
            let started = try await performance.play(on: keys)
            keys.press(.record)
            let pressed = ContinuousClock.now
            let take = try await daemon.take(try await daemon.keepsTake(since: mark).id)
            let arrangement = try await daemon.keepsArrangement(since: mark)
            print(
                "The band was ready \(ContinuousClock.now - pressed) after Record: \(arrangement.summary.accompanist)",
                "\(arrangement.summary.modelHash), \(arrangement.parts.mapValues(\.notes.count))")
            #expect(take.notes.map(\.pitch) == performance.notes.map(\.pitch))
            #expect(take.notes.map(\.onset) == performance.notes.map(\.tick))
            #expect(take.summary.bars == performance.bars)
            #expect(take.summary.isDamaged == false)
            return (started, arrangement)
        }

        private func expectWholeBand(_ arrangement: ArrangementReport) {
            let sounding = arrangement.parts.filter { !$0.value.notes.isEmpty }
            #expect(sounding.count >= 4, "\(sounding.keys)")
            #expect(Set(sounding.values.map(\.channel)).isSubset(of: [2, 3, 4, 5, 10]))
            #expect(Set(sounding.values.map(\.channel)).count == sounding.count)
        }

        /// The band comes in on a bar line of the melody, and each message is nearer to its place than to the next beat.
        private func expectEntry(
            of band: Reception, _ score: Score, _ performance: Performance, melodyAt: Duration,
            _ pulse: Pulse
        ) {
            let (origin, worst) = band.origin(in: score) { performance.length(ofTicks: $0) }
            let bars = (origin - melodyAt) / performance.bar
            let beside = abs(bars - bars.rounded())
            print("The band came in \(bars) bars behind the melody; its worst message lay \(worst) from its place")
            #expect(
                beside < 1.0 / 16 + pulse.longest / performance.bar,
                "the band came in \(bars) bars behind the melody's first bar line")
            #expect(bars > Double(performance.bars) - 0.5)
            #expect(worst < performance.length(ofTicks: 240) + pulse.longest)
        }

        private func difference(_ notes: [NoteMessage], _ score: Score, _ correct: Int) -> Comment {
            """
            after \(correct) of its notes the band played \(notes.dropFirst(correct).prefix(8)) \
            instead of \(score.messages(correct + 8).suffix(8))
            """
        }

        /// How many notes are those of the arrangement.
        private func commonPrefix(_ notes: [NoteMessage], _ score: Score) -> Int {
            score.places(of: notes).count
        }

        private func notes(of received: [VirtualKeyboard.Received], _ score: Score) -> [NoteMessage] {
            Reception(received.map { (.zero, $0.bytes) }, on: score.channels).notes
        }

        private func notes(of heard: [Synth.Heard], _ score: Score) -> [NoteMessage] {
            Reception(heard.map { ($0.time, $0.bytes) }, on: score.channels).notes
        }
    }
}

extension KeyboardModel {
    /// A keyboard with sound, by the profile `guest/test-sounding.toml`.
    static let sounding = KeyboardModel(vendor: 0x1234, product: 0x5050, name: "Sounding Keys", serial: "S-1")
    /// A keyboard without sound, by the profile that is shipped for it. It has an input, as many have, for lights.
    static let silent = KeyboardModel(vendor: 0x0763, product: 0x0197, name: "Oxygen 49")
}

/// The buttons of both keyboards, by their profiles.
enum Button: UInt8 {
    case stop = 116
    case play = 117
    case record = 118
}

extension VirtualKeyboard {
    /// Presses a button and lets it go.
    func press(_ button: Button) {
        play([0xBF, button.rawValue, 127], [0xBF, button.rawValue, 0])
    }
}
