import MIDI
import Music
import TestSupport
import Testing

@testable import LiveSession

/// Whatever happens in whatever order.
struct SessionPropertyTests {
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func everyNoteOfTheBandEndsAndChannelOneIsThePlayers(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var stage = Stage()
        var answered: Set<Int> = []
        var time = 0.0
        for _ in 0..<600 {
            time += [0, 0.01, 0.1, 0.3, 1, 2].randomElement(using: &random)!
            let keyboard = Bool.random(using: &random) ? piano : organ
            switch Int.random(in: 0..<20, using: &random) {
            case 0...5: stage.down(Int.random(in: 48...72, using: &random), at: time, on: keyboard)
            case 6...8: stage.up(Int.random(in: 48...72, using: &random), at: time, on: keyboard)
            case 9, 10: stage.press(.record, at: time)
            case 11: stage.press(.accompany, at: time)
            case 12: stage.press([.stop, .stop, .panic].randomElement(using: &random)!, at: time)
            case 13: stage.press([.next, .previous].randomElement(using: &random)!, at: time)
            case 14: stage.press([.genre(.jazz), .genre(.pop), .loop].randomElement(using: &random)!, at: time)
            case 15, 16, 17:
                guard let open = stage.requests.first(where: { !answered.contains($0.number) }) else { continue }
                answered.insert(open.number)
                stage.answer(open.number, at: time)
            case 18: stage.unplug(keyboard, at: time)
            default:
                stage.unplugOutput(at: time)
                stage.plugInOutput(at: time)
            }
        }
        stage.press(.stop, at: time + 1)
        stage.wait(until: time + 20)

        #expect(stage.synthesizer.noteOns.count > 20)
        #expect(stage.synthesizer.held.isEmpty)
        #expect(!stage.session.isBusy)
        let onChannelOne = stage.synthesizer.noteOns.filter { $0.message.channel == Channel(1) }
        #expect(onChannelOne.isEmpty)
        #expect(stage.arrangements.count > 10)
    }
}
