import Controls
import Music
import Testing

@Suite struct OneButtonTests {
    /// Milliseconds at which the switch goes down and up in turn, and what must come: the action, when it is told, and
    /// the press that it is about.
    struct Row: CustomTestStringConvertible, Sendable {
        var state: PlayerState
        var moves: [Int]
        var expected: [(action: ControlAction, told: Int, press: Int)]
        var testDescription: String { "\(state): \(moves)" }
    }

    static let rows: [Row] = [
        Row(state: .idle, moves: [0, 100], expected: [(.play, 100, 0)]),
        Row(state: .idle, moves: [0, 499], expected: [(.play, 499, 0)]),
        Row(state: .idle, moves: [0, 3000], expected: [(.record, 500, 0)]),
        Row(state: .armed, moves: [0, 100, 500, 600], expected: [(.tap, 0, 0), (.tap, 500, 500)]),
        Row(state: .armed, moves: [0, 900], expected: [(.tap, 0, 0), (.record, 500, 0)]),
        Row(state: .recording, moves: [0, 3000], expected: [(.record, 0, 0)]),
        Row(state: .playing, moves: [0, 100], expected: [(.next, 350, 0)]),
        Row(state: .playing, moves: [0, 600], expected: [(.next, 600, 0)]),
        Row(state: .playing, moves: [0, 100, 250, 350], expected: [(.stop, 600, 0)]),
        Row(state: .playing, moves: [0, 100, 200, 300, 400, 500], expected: [(.nextGenre, 400, 0)]),
        Row(state: .playing, moves: [0, 100, 800, 900], expected: [(.next, 350, 0), (.next, 1150, 800)]),
        Row(state: .playing, moves: [0, 1500], expected: [(.previous, 1000, 0)]),
        Row(state: .generating, moves: [0, 100, 250, 350], expected: [(.stop, 600, 0)]),
        Row(state: .stopped, moves: [0, 100], expected: [(.play, 100, 0)]),
        Row(state: .stopped, moves: [0, 800], expected: [(.record, 800, 0)]),
        Row(state: .stopped, moves: [0, 2500], expected: [(.loop, 2000, 0)]),
    ]

    private func at(_ milliseconds: Int) -> Instant { .zero + .milliseconds(milliseconds) }

    @Test(arguments: rows)
    func aPressMeansWhatTheStateAndTheFootSay(row: Row) {
        var button = OneButton()
        var heard: [(OneButton.Press, Instant)] = []
        func note(_ presses: [OneButton.Press], _ time: Instant) { heard += presses.map { ($0, time) } }
        for (index, move) in row.moves.enumerated() {
            while let deadline = button.nextDeadline, deadline <= at(move) { note(button.pass(to: deadline), deadline) }
            if index % 2 == 0 {
                note(button.press(at: at(move), state: row.state), at(move))
            } else {
                note(button.release(at: at(move)), at(move))
            }
        }
        while let deadline = button.nextDeadline { note(button.pass(to: deadline), deadline) }
        #expect(heard.map(\.0) == row.expected.map { OneButton.Press($0.action, at: at($0.press)) })
        #expect(heard.map(\.1) == row.expected.map { at($0.told) })
    }

    @Test func aBouncingContactIsOnePress() {
        var button = OneButton()
        #expect(button.press(at: at(0), state: .recording) == [OneButton.Press(.record, at: at(0))])
        #expect(button.release(at: at(5)).isEmpty)
        #expect(button.press(at: at(10), state: .idle).isEmpty)
        #expect(button.nextDeadline == nil)
    }

    @Test(arguments: [PlayerState.idle, .stopped])
    func aContactThatBouncesAtTheBeginningOfAHoldDoesNotPlay(state: PlayerState) {
        var button = OneButton()
        #expect(button.press(at: at(0), state: state).isEmpty)
        for time in [4, 12] {
            #expect(button.release(at: at(time)).isEmpty)
            #expect(button.press(at: at(time + 3), state: state).isEmpty)
        }
        #expect(button.pass(to: at(400)).isEmpty)
        let held = button.pass(to: at(500)) + button.release(at: at(800))
        #expect(held == [OneButton.Press(.record, at: at(0))])
    }

    @Test func aVeryShortPressActsOnceItIsCertain() {
        var button = OneButton()
        #expect(button.press(at: at(0), state: .idle).isEmpty)
        #expect(button.release(at: at(10)).isEmpty)
        #expect(button.nextDeadline == at(30))
        #expect(button.pass(to: at(30)) == [OneButton.Press(.play, at: at(0))])
        #expect(button.nextDeadline == nil)
    }

    @Test func aSwitchThatIsGoneIsUpAndWaitsForNothing() {
        var button = OneButton()
        #expect(button.press(at: at(0), state: .idle).isEmpty)
        button.reset()
        #expect(button.nextDeadline == nil)
        #expect(button.release(at: at(100)).isEmpty)
        #expect(!button.isDown)
    }

    @Test(
        arguments: [
            ([0, 127, 0], [.pressed, .released]), ([127, 0], [.pressed, .released]), ([90, 127, 0, 127], [.pressed]),
            ([10, 40, 71, 72, 60, 90, 57, 72, 56], [.pressed, .released]), ([64, 60, 64, 60], []),
        ] as [([UInt8], [PedalSwitch.Change])])
    func halfAPedalNeitherPressesNorReleases(values: [UInt8], changes: [PedalSwitch.Change]) {
        var pedal = PedalSwitch()
        #expect(values.compactMap { pedal.move(to: $0) } == changes)
    }
}
