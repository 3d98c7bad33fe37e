import Controls
import MIDI
import Music
import TestSupport
import Testing
import Transport

/// The two highest black keys: in the reader, and on the way thru.
struct KeyGestureTests {
    private let keys = PortAddress(client: 20, port: 0)
    private let synth = PortAddress(client: 30, port: 0)

    private func at(_ milliseconds: Int) -> Instant { .zero + .milliseconds(milliseconds) }
    private func on(_ key: Int) -> MIDIMessage { .noteOn(Channel(1), Pitch(key), Velocity(90)) }
    private func off(_ key: Int) -> MIDIMessage { .noteOff(Channel(1), Pitch(key)) }

    private func profile(keys: Int?, _ buttons: [ControlBinding] = []) -> DeviceProfile {
        DeviceProfile(id: "model", name: "Model", keyCount: keys, buttons: buttons, confidence: 3)
    }

    /// What a reader makes of notes, and what a synthesizer beside it hears.
    private struct Pair {
        var reader: ControlReader
        let thru: ThruTable
        var presses: [OneButton.Press] = []
        var music: [ControlReader.Played] = []
        var heard: [MIDIMessage] = []
        let keys: PortAddress

        init(
            _ profile: DeviceProfile?, _ settings: ControlReader.Settings, keys: PortAddress, synth: PortAddress
        ) {
            self.keys = keys
            reader = ControlReader(profile, settings: settings)
            thru = ThruTable([
                ThruRoute(
                    source: keys, destination: synth, channel: nil, swallowed: reader.swallowed,
                    gesture: reader.gesture)
            ])
        }

        mutating func play(_ message: MIDIMessage, at time: Instant) {
            take(reader.hear(message, onPort: 1, at: time, state: .idle))
            thru.pass(message, from: keys, at: time) { heard.append($1) }
        }

        mutating func wait(until time: Instant) { take(reader.pass(to: time)) }

        private mutating func take(_ heard: ControlReader.Heard) {
            presses += heard.actions
            music += heard.played
        }
    }

    private func pair(_ profile: DeviceProfile?, _ settings: ControlReader.Settings = .init()) -> Pair {
        Pair(profile, settings, keys: keys, synth: synth)
    }

    @Test(
        arguments: [
            (12, .record), (2, .stop), (4, .previous), (5, .next), (6, .loop), (7, .genre(1)), (8, .genre(2)),
            (9, .genre(3)), (10, .genre(4)),
        ] as [(Int, ControlAction)])
    func theLowestKeyWithAnotherIsAButtonWhereThatIsAskedFor(distance: Int, action: ControlAction) {
        for (keys, lowest) in [(61, 36), (25, 48), (nil, 36)] as [(Int?, Int)] {
            for (first, second) in [(lowest, lowest + distance), (lowest + distance, lowest)] {
                var pair = pair(profile(keys: keys), .init(gesture: .full))
                pair.play(on(first), at: at(0))
                pair.play(on(second), at: at(30))
                pair.play(off(first), at: at(200))
                pair.play(off(second), at: at(210))
                #expect(pair.presses == [OneButton.Press(action, at: at(0))])
                #expect(pair.music.isEmpty && pair.heard.map(\.data1) == [UInt8(first), UInt8(first)])
            }
            var usual = self.pair(profile(keys: keys))
            usual.play(on(lowest), at: at(0))
            usual.play(on(lowest + distance), at: at(30))
            #expect(usual.presses.isEmpty && usual.music.count == 2)
        }
    }

    @Test(
        arguments: [
            ("no sign", [(36, 0), (37, 10)]), ("too far above", [(36, 0), (50, 10)]),
            ("too slowly", [(36, 0), (48, 50)]),
            ("not the lowest", [(38, 0), (48, 10)]), ("with a third key", [(60, 0), (36, 100), (48, 110)]),
        ])
    func otherPairsOfLowKeysAreMusic(what: String, notes: [(key: Int, time: Int)]) {
        var pair = pair(profile(keys: 61), .init(gesture: .full))
        for note in notes { pair.play(on(note.key), at: at(note.time)) }
        pair.wait(until: at(1000))
        #expect(pair.presses.isEmpty && pair.music.count == notes.count && pair.heard.count == notes.count, "\(what)")
    }

    @Test(
        arguments: [
            (25, 68, 70), (32, 80, 82), (37, 80, 82), (49, 80, 82), (61, 92, 94), (73, 97, 99), (76, 99, 102),
            (88, 104, 106),
        ])
    func theTwoHighestBlackKeysTogetherArePlayAndAreNeitherHeardNorRecorded(count: Int, low: Int, high: Int) {
        for (first, second) in [(low, high), (high, low)] {
            var pair = pair(profile(keys: count))
            pair.play(on(first), at: at(0))
            pair.play(on(second), at: at(30))
            pair.play(off(first), at: at(200))
            pair.play(off(second), at: at(210))
            #expect(pair.presses == [OneButton.Press(.play, at: at(0))])
            #expect(pair.music.isEmpty)
            // The first sounded for 30 ms.
            #expect(pair.heard.map(\.data1) == [UInt8(first), UInt8(first)])
            #expect(pair.heard.last?.status == 0x80)
        }
    }

    @Test func aKeyOfThePairAloneIsMusicAtItsOwnTime() {
        var pair = pair(nil)
        pair.play(on(70), at: at(0))
        #expect(pair.music.isEmpty && pair.reader.nextDeadline == at(60))
        pair.wait(until: at(60))
        pair.play(off(70), at: at(300))
        #expect(pair.music == [.init(on(70), at: at(0)), .init(off(70), at: at(300))])
        #expect(pair.heard == [on(70), off(70)])
        #expect(pair.presses.isEmpty)
    }

    /// What is played, in milliseconds.
    @Test(
        arguments: [
            ("too slowly after each other", [(68, 0), (70, 41)]),
            ("with a third key", [(60, 0), (68, 100), (70, 110)]),
            ("after a higher key", [(76, 0), (-76, 100), (68, 200), (70, 210)]),
            ("two others", [(66, 0), (68, 10)]),
        ])
    func otherwiseTheyAreMusic(what: String, notes: [(key: Int, time: Int)]) {
        var pair = pair(nil)
        for note in notes { pair.play(note.key > 0 ? on(note.key) : off(-note.key), at: at(note.time)) }
        pair.wait(until: at(1000))
        #expect(pair.presses.isEmpty, "\(what)")
        #expect(pair.music.count == notes.count && pair.heard.count == notes.count)
    }

    @Test func theOctaveButtonMovesThePair() {
        var pair = pair(profile(keys: 25))
        pair.play(on(84), at: at(0))
        pair.play(off(84), at: at(100))
        // An octave higher now: what was the highest pair is in the middle.
        pair.play(on(68), at: at(200))
        pair.play(on(70), at: at(210))
        for key in [68, 70] { pair.play(off(key), at: at(300)) }
        #expect(pair.presses.isEmpty)
        pair.play(on(80), at: at(400))
        pair.play(on(82), at: at(410))
        #expect(pair.presses.map(\.time) == [at(400)])
    }

    @Test func aKeyboardWithButtonsHasNoGestureAndOneWithoutKeysNeither() {
        #expect(ControlReader(profile(keys: 25, [ControlBinding(.play, .control(Channel(1), 20))])).gesture == nil)
        #expect(ControlReader(profile(keys: 0)).gesture == nil)
        #expect(ControlReader(profile(keys: 25)).gesture != nil)
        #expect(ControlReader(nil).gesture != nil)
        #expect(ControlReader(nil, settings: .init(gesture: .off)).gesture == nil)
        let unsure = ControlBinding(.play, .control(Channel(1), 20), isConfirmed: false)
        #expect(ControlReader(profile(keys: 25, [unsure])).gesture != nil)
    }

    @Test func aWheelBetweenTheTwoKeysKeepsItsPlace() {
        var pair = pair(nil)
        let bend = MIDIMessage.pitchBend(Channel(1), 100)
        pair.play(on(68), at: at(0))
        pair.play(bend, at: at(5))
        pair.play(on(70), at: at(10))
        #expect(pair.music == [.init(bend, at: at(5))])
        #expect(pair.presses.count == 1)
    }

    @Test(arguments: 0..<UInt64(longCount(20, full: 2000)))
    func takeAndSynthesizerJudgeAlikeAndNothingHangs(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var pair = pair(
            [nil, profile(keys: 25), profile(keys: 61)].randomElement(using: &random)!,
            .init(gesture: [.on, .full].randomElement(using: &random)!))
        var held: Set<Int> = []
        var now = 0
        for _ in 0..<400 {
            now += [1, 5, 20, 39, 40, 41, 80].randomElement(using: &random)!
            pair.wait(until: at(now))
            if let key = held.randomElement(using: &random), Int.random(in: 0..<2, using: &random) == 0 {
                held.remove(key)
                pair.play(off(key), at: at(now))
            } else {
                let key =
                    Int.random(in: 0..<3, using: &random) > 0
                    ? [36, 48, 60, 66, 68, 70, 72, 92, 94, 80, 82].randomElement(using: &random)!
                    : Int.random(in: 40..<90, using: &random)
                if held.insert(key).inserted { pair.play(on(key), at: at(now)) }
            }
        }
        for key in held.sorted() { pair.play(off(key), at: at(now + 100)) }
        pair.wait(until: at(now + 300))
        func strokes(_ messages: [MIDIMessage]) -> Int { messages.count { $0.status == 0x90 } }
        // Of each gesture the synthesizer heard the first key for a moment.
        let music = pair.music.map(\.message)
        #expect(strokes(pair.heard) - strokes(music) == pair.presses.count)
        #expect(zip(pair.music, pair.music.dropFirst()).allSatisfy { $0.time <= $1.time })
        for messages in [music, pair.heard] {
            var sounding = HeldNotes()
            for message in messages { sounding.follow(message) }
            #expect(sounding.isEmpty)
        }
    }
}
