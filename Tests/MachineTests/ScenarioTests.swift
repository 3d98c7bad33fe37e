import ConsoleAPI
import Music
import Testing
import VirtualKeyboard

extension MachineTests.OnThePlainGuest {
    /// The ten scenarios that matter most, and clocks, once more on the real sequencer: one daemon plays them one after another.
    /// What is exact to the millisecond is tested on a virtual clock (`LiveSessionTests`); here it is heard at all.
    @Suite struct Scenarios {
        let machine = Machine.current

        @Test func aSessionOfTakesTurnsStopsAndClocksIsHeardAsItIsPlayed() async throws {
            let stage = try await SessionOnTheGuest(machine)
            try await stage.recordsWithTheClick()
            try await stage.goesToTheNextVariationAndBack()
            try await stage.goesToAnotherGenre()
            try await stage.mutesAndSolosAndSetsVolumes()
            try await stage.playsAlongWithPedalBendAndPressure()
            try await stage.addsToTheRoundAndTakesItOut()
            try await stage.sendsItsClock()
            try await stage.halvesAndDoublesTheTempo()
            try await stage.stopsAtTheBar()
            try await stage.followsAnotherMachine()
            try await stage.isPulledOutWhileEverythingSounds()
            try await stage.accompaniesWhatWasJustPlayed()
            #expect(stage.synth.overruns == 0)
            #expect(try await stage.daemon.status().counters["overruns"] == 0)
        }
    }
}

/// A keyboard, a machine with a clock, a synthesizer and a machine that gets our clock, around one daemon.
private final class SessionOnTheGuest {
    let machine: Machine
    let daemon: Daemon
    let synth: Synth
    private let clocked: Synth
    private var keys: VirtualKeyboard { machine.keyboards[0] }
    private var master: VirtualKeyboard { machine.keyboards[1] }
    private let tune: Performance
    /// What the band plays.
    private var shown: ArrangementReport?

    private static let band: Set<Int> = [2, 3, 4, 5, 10]
    private static let clicks: Set<Int> = [76, 77]
    private static let tempo = 300
    private static let settings = """
        click = true
        [band]
        entrance = "bar"
        [output]
        port = "Test Synth"
        [sync]
        clock_in = "Clock Box"
        clock_out = "Clocked Box"
        """

    init(_ machine: Machine) async throws {
        self.machine = machine
        synth = try await machine.startSynth()
        clocked = try await machine.startSynth(named: "Clocked Box")
        tune = try Performance("ode-to-joy", bars: 2, tempo: Self.tempo, seed: 5)
        daemon = try await machine.startDaemon(
            "scenarios", tempo: Self.tempo, settings: Self.settings, isArranged: true)
        let mark = daemon.now
        try await machine.keyboards[0].plug(.silent)
        try await daemon.knows(KeyboardModel.silent.name ?? "", since: mark)
        try await machine.keyboards[1].plug(KeyboardModel(vendor: 0x1234, product: 0xC10C, name: "Clock Box"))
        try await daemon.knows("Clock Box", since: mark)
    }

    // MARK: 2 record with a click

    func recordsWithTheClick() async throws {
        let mark = daemon.now
        keys.press(.record)
        // One bar is counted in; who plays begins with the second one.
        _ = await synth.heard { !self.clicks($0).isEmpty }
        try await Task.sleep(for: tune.bar)
        try await tune.play(on: keys)
        keys.press(.record)
        let take = try await daemon.take(try await daemon.keepsTake(since: mark).id)
        shown = try await daemon.keepsArrangement(since: mark)
        try await hears(try #require(shown), since: 0)
        try await daemon.perform(.metronome)

        let heard = synth.heard
        let melody = try #require(heard.first { $0.bytes[0] == 0x90 && $0.bytes[2] > 0 })
        let counted = clicks(heard).filter { $0.time < melody.time - tune.length(ofTicks: 240) }
        #expect(counted.map { Int($0.bytes[1]) } == [76, 77, 77, 77], "what is counted in before the first note")
        #expect(take.summary.tempo == Double(Self.tempo) && take.summary.bars == 2)
        #expect(take.notes.map(\.pitch) == tune.notes.map(\.pitch))
        #expect(take.notes.map(\.onset) == tune.notes.map(\.tick), "the take lies on the click's bars")
    }

    // MARK: 3, 4 variations and genres

    func goesToTheNextVariationAndBack() async throws {
        let first = try #require(shown)
        let second = try await changes { try await self.daemon.perform(.next) }
        #expect(Score(first).events != Score(second).events, "the next variation is another one")
        let mark = synth.heard.count
        try await daemon.perform(.previous)
        try await hears(first, since: mark)
        shown = first
    }

    func goesToAnotherGenre() async throws {
        let rock = try await changes { try await self.daemon.perform(.genre(.rock)) }
        #expect(try await daemon.status().genre == "rock")
        #expect(!rock.parts.isEmpty)
        shown = rock
    }

    // MARK: 5 the mix

    func mutesAndSolosAndSetsVolumes() async throws {
        let bass = try #require(shown?.parts["bass"]?.channel)
        try await daemon.perform(.mute(.bass))
        #expect(try await channelsOfTheNextBar().contains(bass) == false, "the bass is muted and heard")
        try await daemon.perform(.mute(.bass))
        try await daemon.perform(.solo(.drums))
        #expect(try await channelsOfTheNextBar() == [10], "the drums alone")
        try await daemon.perform(.solo(.drums))
        let mark = synth.heard.count
        try await daemon.perform(.volume(.bass, 50))
        let volume: [UInt8] = [0xB0 | UInt8(bass - 1), 7, 50]
        let heard = await synth.heard { $0.dropFirst(mark).contains { $0.bytes == volume } }
        #expect(heard.dropFirst(mark).contains { $0.bytes == volume })
    }

    // MARK: 9 the player's instrument

    func playsAlongWithPedalBendAndPressure() async throws {
        let mark = synth.heard.count
        let sent: [[UInt8]] = [
            [0xB0, 64, 127], [0x90, 72, 90], [0xE0, 0, 80], [0xD0, 33], [0xA0, 72, 20], [0x80, 72, 64], [0xE0, 0, 64],
            [0xD0, 0], [0xB0, 64, 0],
        ]
        keys.play(sent)
        func thru(_ heard: [Synth.Heard]) -> [[UInt8]] {
            heard.dropFirst(mark).filter { $0.bytes[0] & 15 == 0 }.map(\.bytes)
        }
        let heard = await synth.heard { thru($0).count >= sent.count }
        #expect(thru(heard) == sent)
        #expect(
            heard.dropFirst(mark - 20).contains { Self.band.contains(Int($0.bytes[0] & 15) + 1) }, "the band plays on")
    }

    // MARK: 8 overdub and undo

    func addsToTheRoundAndTakesItOut() async throws {
        let mark = daemon.now
        keys.press(.record)
        try await daemon.becomes(.armed, since: mark)
        for pitch: UInt8 in [84, 86] {
            keys.play([0x90, pitch, 90])
            try await Task.sleep(for: tune.length(ofTicks: 480))
            keys.play([0x80, pitch, 64])
        }
        keys.press(.record)
        let added = try await daemon.take(try await daemon.keepsTake(since: mark).id)
        #expect(added.notes.contains { $0.pitch == 84 } && added.notes.contains { $0.pitch == 86 })
        #expect(added.summary.bars == 2 && added.summary.trigger == "overdub")
        let undone = synth.heard.count
        try await daemon.perform(.undo)
        try await hears(try #require(shown), since: undone)
    }

    // MARK: 7 half and double

    func halvesAndDoublesTheTempo() async throws {
        shown = try await changes { try await self.daemon.perform(.half) }
        let seconds = heardBar.seconds
        #expect(try await daemon.status().tempo == Double(Self.tempo / 2))
        #expect(abs(seconds / (240 / Double(Self.tempo / 2)) - 1) < 0.1, "a bar in half the tempo lasts \(seconds) s")
        let mark = daemon.now
        try await daemon.perform(.double)
        shown = try await daemon.keepsArrangement(since: mark)
        let tempo = try await machine.eventually("the tempo is the first one again") {
            try await self.daemon.status().tempo == Double(Self.tempo) ? Self.tempo : nil
        }
        #expect(tempo == Self.tempo)
    }

    // MARK: clock out

    func sendsItsClock() async throws {
        let before = clocked.heard.count
        let heard = await clocked.heard { $0.count >= before + 100 }
        // A band that comes in behind the beginning of its round tells its song position, and continues.
        let starts = heard.map { $0.bytes[0] }.filter { $0 != 0xF8 && $0 != 0xF2 }
        let clocks = heard.dropFirst(before).filter { $0.bytes == [0xF8] }
        let interval = Duration.seconds(60 / Double(Self.tempo) / 24)
        let span = try #require(clocks.last).time - (try #require(clocks.first).time)
        print("24 clocks lasted \(span / Double(clocks.count - 1) * 24) on average")
        #expect(starts == [0xFA] || starts == [0xFB], "the song begins once")
        #expect(clocks.count >= 98)
        #expect(abs(span / Double(clocks.count - 1) / interval - 1) < 0.02)
        #expect(heard.allSatisfy { $0.bytes[0] >= 0xF0 }, "the band plays on the synthesizer alone")
    }

    // MARK: 6 stop, the first part

    func stopsAtTheBar() async throws {
        let mark = daemon.now
        keys.press(.stop)
        try await daemon.becomes(.stopped, since: mark)
        try await isSilent("after Stop")
        _ = await clocked.heard { $0.last?.bytes == [0xFC] }
        #expect(clocked.heard.last?.bytes == [0xFC], "our clock stops with the band")
    }

    // MARK: clock in

    func followsAnotherMachine() async throws {
        let mark = daemon.now
        let silence = synth.heard.count
        let interval = Duration.seconds(60 / 240.0 / 24)
        let start = ContinuousClock.now
        for number in 0..<216 {
            try await Task.sleep(until: start + interval * number, clock: .continuous)
            if number == 72 {
                let tempo = try #require(try await daemon.status().tempo)
                #expect(abs(tempo / 240 - 1) < 0.04, "240 a minute are followed at \(tempo)")
                master.play([0xFA])
            }
            master.play([0xF8])
        }
        let tempo = try #require(try await daemon.status().tempo)
        let heard = bandStarts(synth.heard.dropFirst(silence))
        print("240 a minute were followed at \(tempo)")
        #expect(abs(tempo / 240 - 1) < 0.04, "240 a minute are followed at \(tempo)")
        #expect(heard.count > 8, "the band comes in with the song")
        master.play([0xFC])
        try await daemon.becomes(.stopped, since: mark)
        try await isSilent("after the song's stop")
        try await daemon.perform(.tempo(nil))
    }

    // MARK: 10 unplug; 6 stop at once

    func isPulledOutWhileEverythingSounds() async throws {
        let silence = synth.heard.count
        keys.press(.play)
        keys.play([0xB0, 64, 127], [0x90, 60, 90], [0x90, 64, 90])
        _ = await synth.heard { self.bandStarts($0.dropFirst(silence)).count > 2 && self.hanging($0, [1]).count == 2 }
        try await keys.unplug()
        let heard = await synth.heard { self.hanging($0, [1]).isEmpty }
        #expect(hanging(heard, [1]).isEmpty, "the keys of an unplugged keyboard hang")
        try await daemon.perform(.stop)
        try await daemon.perform(.stop)
        try await isSilent("after two presses of Stop")
        let plugged = daemon.now
        try await keys.plug(.silent)
        try await daemon.knows(KeyboardModel.silent.name ?? "", since: plugged)
        #expect(try await daemon.status().problems.isEmpty)
    }

    // MARK: 1 accompany

    func accompaniesWhatWasJustPlayed() async throws {
        let free = try Performance("ode-to-joy", bars: 4, tempo: 180, seed: 6)
        let mark = daemon.now
        let silence = synth.heard.count
        try await free.play(on: keys)
        keys.press(.play)
        let pressed = ContinuousClock.now
        let take = try await daemon.keepsTake(since: mark)
        let arrangement = try await daemon.keepsArrangement(since: mark)
        _ = await synth.heard { !self.bandStarts($0.dropFirst(silence)).isEmpty }
        let waited = ContinuousClock.now - pressed
        // The first bars of the bass: on a free take the band may swing, so only its pace is judged.
        let bass = try #require(arrangement.parts["bass"])
        let onsets = Set(bass.notes.map(\.onset)).sorted().prefix(4)
        func strokes(_ heard: [Synth.Heard]) -> [Duration] {
            Reception(heard.dropFirst(silence).map { ($0.time, $0.bytes) }, on: [bass.channel]).messages
                .filter(\.note.isBeginning).map(\.time)
        }
        let heard = strokes(await synth.heard { strokes($0).count >= onsets.count })
        try #require(heard.count >= onsets.count && onsets.count > 1, "the bass plays")
        // Half and double are the same music, and one press away.
        let factors = [0.5, 1, 2].map { abs(take.tempo / 180 / $0 - 1) }
        let ticks = onsets[onsets.endIndex - 1] - onsets[0]
        let bar = (heard[onsets.count - 1] - heard[0]).seconds / Double(ticks) * 4 * 480
        print("180 a minute were heard at \(take.tempo); the band came \(waited) after the press; a bar lasts \(bar) s")
        #expect(factors.min() ?? 1 < 0.04, "180 a minute are heard at \(take.tempo)")
        #expect(abs(bar * take.tempo / 240 - 1) < 0.1, "a bar at \(take.tempo) lasts \(bar) s")
        #expect(waited < free.bar + free.bar + .seconds(2), "the band comes in after \(waited)")
        keys.press(.stop)
        keys.press(.stop)
        try await isSilent("at the end")
    }

    // MARK: what is heard

    /// How long the bar lasted that was recognized last.
    private var heardBar = Duration.zero

    /// How often each key begins and ends.
    private static func counts(_ notes: [NoteMessage]) -> [[Int]: Int] {
        Dictionary(notes.map { ([$0.channel, $0.pitch, $0.isBeginning ? 1 : 0], 1) }, uniquingKeysWith: +)
    }

    /// Waits until a whole bar of an arrangement is heard, note for note from its first one.
    private func hears(_ arrangement: ArrangementReport, since mark: Int) async throws {
        let score = Score(arrangement)
        let bar = score.events.prefix { $0.tick <= 4 * 480 }
        let wanted = bar.map(\.message)
        func place(_ notes: [(time: Duration, note: NoteMessage)]) -> Int? {
            guard notes.count >= wanted.count else { return nil }
            // Accents change velocities, and micro-timing the order of what stands together; at the bar's end a few may cross over.
            let keys = Self.counts(wanted)
            return (0...notes.count - wanted.count).last { start in
                let heard = Self.counts(notes[start..<(start + wanted.count)].map(\.note))
                let missing = keys.reduce(0) { $0 + max(0, $1.value - heard[$1.key, default: 0]) }
                return missing <= 3
            }
        }
        func notes(_ heard: [Synth.Heard]) -> [(time: Duration, note: NoteMessage)] {
            let music = heard.dropFirst(mark).filter {
                !Self.clicks.contains(Int($0.bytes[1])) || $0.bytes[0] & 15 != 9
            }
            return Reception(music.map { ($0.time, $0.bytes) }, on: score.channels).messages
        }
        let found = notes(await synth.heard { place(notes($0)) != nil })
        guard let start = place(found) else {
            throw MachineError.neverHappened(
                "a bar of the arrangement is heard; instead: \(found.map(\.note)); wanted: \(wanted)",
                limit: Machine.patience)
        }
        let last = bar[bar.endIndex - 1].tick - bar[bar.startIndex].tick
        heardBar = (found[start + wanted.count - 1].time - found[start].time) / Double(last) * 4 * 480
    }

    /// What is stored and heard when the band goes over to something.
    private func changes(_ press: () async throws -> Void) async throws -> ArrangementReport {
        let (events, mark) = (daemon.now, synth.heard.count)
        try await press()
        let arrangement = try await daemon.keepsArrangement(since: events)
        try await hears(arrangement, since: mark)
        return arrangement
    }

    /// The channels of the band's notes in a bar that begins when what was handed out already has sounded.
    private func channelsOfTheNextBar() async throws -> Set<Int> {
        try await Task.sleep(for: .milliseconds(300))
        let mark = synth.heard.count
        try await Task.sleep(for: tune.bar)
        return Set(bandStarts(synth.heard.dropFirst(mark)).map(\.channel))
    }

    private func bandStarts(_ heard: ArraySlice<Synth.Heard>) -> [NoteMessage] {
        Reception(heard.map { ($0.time, $0.bytes) }, on: Self.band).notes.filter(\.isBeginning)
    }

    private func clicks(_ heard: [Synth.Heard]) -> [Synth.Heard] {
        heard.filter { $0.bytes[0] == 0x99 && $0.bytes[2] > 0 && Self.clicks.contains(Int($0.bytes[1])) }
    }

    private func hanging(_ heard: [Synth.Heard], _ channels: Set<Int>) -> [NoteMessage] {
        Reception(heard.map { ($0.time, $0.bytes) }, on: channels).notes.hanging
    }

    /// Nothing sounds, and nothing begins in the bar that follows.
    private func isSilent(_ when: String) async throws {
        let all = Self.band.union([1])
        let heard = await synth.heard { self.hanging($0, all).isEmpty }
        #expect(hanging(heard, all).isEmpty, "notes hang \(when)")
        try await Task.sleep(for: .milliseconds(300))
        let mark = synth.heard.count
        try await Task.sleep(for: tune.bar)
        #expect(bandStarts(synth.heard.dropFirst(mark)).isEmpty, "the band plays on \(when)")
    }
}

extension Duration {
    fileprivate var seconds: Double { self / .seconds(1) }
}
