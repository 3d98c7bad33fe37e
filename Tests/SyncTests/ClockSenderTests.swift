import MIDI
import Music
import Sync
import Testing
import Transport

@Suite struct ClockSenderTests {
    private let synth = PortAddress(client: 128, port: 0)
    private let drums = PortAddress(client: 20, port: 1)
    private let map = TempoMap(anchor: .zero + .milliseconds(1000), tempo: .moderate)
    private func at(_ milliseconds: Int) -> Instant { .zero + .milliseconds(milliseconds) }

    private func sender(_ ports: [PortAddress]? = nil, isContinuous: Bool = false) -> Sender {
        let sender = Sender(isContinuous: isContinuous)
        _ = sender.handle(.ports(ports ?? [synth], at: .zero))
        return sender
    }

    /// Advances every 50 ms.
    private func run(_ sender: Sender, _ from: Int, _ until: Int) -> [ScheduledMessage] {
        stride(from: from, through: until, by: 50).flatMap { sender.handle(.advance(at($0))) }
    }

    private func text(_ messages: [ScheduledMessage]) -> [String] {
        messages.map {
            let name: String
            switch $0.message.status {
            case 0xF8: name = "clock"
            case 0xFA: name = "start"
            case 0xFB: name = "continue"
            case 0xFC: name = "stop"
            default: name = "position \(Int($0.message.data2) << 7 | Int($0.message.data1))"
            }
            return "\($0.time.nanoseconds / 1_000_000) \(name)"
        }
    }

    @Test func theFirstClockIsOnTheBarLineAndTheStartJustBefore() {
        let sender = sender()
        #expect(sender.handle(.start(map: map, from: .zero, at: at(500))).isEmpty)
        #expect(text(run(sender, 500, 900)) == ["999 start", "1000 clock", "1020 clock", "1041 clock"])
        #expect(sender.isPlaying)
    }

    @Test func aStartAtTheBarLineItselfStillComesBeforeItsClock() {
        let sender = sender()
        let messages = sender.handle(.start(map: map, from: .zero, at: at(1000)))
        #expect(text(messages).prefix(2) == ["1000 start", "1000 clock"])
    }

    @Test(arguments: [
        (480, ["1495 position 4", "1499 continue", "1500 clock"]),
        (481, ["1620 position 5", "1624 continue", "1625 clock"]),
        (599, ["1620 position 5", "1624 continue", "1625 clock"]),
        (960, ["1995 position 8", "1999 continue", "2000 clock"]),
    ]) func elsewhereThePositionAndAContinueComeFirst(tick: Int, messages: [String]) {
        let sender = sender()
        _ = sender.handle(.start(map: map, from: Tick(tick), at: at(500)))
        #expect(Array(text(run(sender, 500, 2000)).prefix(3)) == messages)
    }

    @Test func anEntranceThatIsPastIsTheNextSixteenth() {
        let sender = sender()
        let messages = sender.handle(.start(map: map, from: .zero, at: at(1130)))
        #expect(text(messages).prefix(3) == ["1245 position 2", "1249 continue", "1250 clock"])
    }

    @Test func aStopEndsTheClocks() {
        let sender = sender()
        _ = sender.handle(.start(map: map, from: .zero, at: at(900)))
        _ = run(sender, 900, 1200)
        #expect(text(sender.handle(.stop(at: at(1210)))) == ["1210 stop"])
        #expect(run(sender, 1250, 2000).isEmpty && !sender.isPlaying)
    }

    @Test func aStopThatIsKnownBeforeComesInsteadOfTheClockThere() {
        let sender = sender()
        _ = sender.handle(.start(map: map, from: .zero, at: at(900)))
        _ = sender.handle(.stop(at: at(1500)))
        #expect(text(run(sender, 900, 2000)).suffix(2) == ["1479 clock", "1500 stop"])
    }

    @Test func aContinuousClockRunsBeforeAndAfterTheSong() {
        let sender = sender(isContinuous: true)
        _ = sender.handle(.retime(TempoMap(anchor: at(3), tempo: Tempo(quartersPerMinute: 100)!), at: at(0)))
        let before = run(sender, 0, 800)
        #expect(before.count > 20 && before.allSatisfy { $0.message.status == 0xF8 })
        _ = sender.handle(.start(map: map, from: .zero, at: at(800)))
        let entrance = text(run(sender, 800, 900))
        #expect(entrance.contains("999 start"))
        #expect(entrance.drop { $0 != "999 start" }.dropFirst().first == "1000 clock")
        _ = sender.handle(.stop(at: at(1500)))
        let after = run(sender, 950, 3000)
        #expect(after.filter { $0.time > at(1500) }.count > 60)
        #expect(after.filter { $0.message.status == 0xFC }.map(\.time) == [at(1500)])
    }

    @Test(arguments: [20.0, 61, 119, 400]) func theFirstClockOfASongIsOnItsTimeWhateverRanBefore(tempo: Double) {
        var wrong: [Int] = []
        for offset in 0..<130 {
            let sender = sender(isContinuous: true)
            let before = TempoMap(anchor: at(offset), tempo: Tempo(quartersPerMinute: tempo)!)
            _ = sender.handle(.retime(before, at: .zero))
            _ = run(sender, 0, 800)
            _ = sender.handle(.start(map: map, from: .zero, at: at(800)))
            let entrance = run(sender, 850, 1000).drop { $0.message != .realTimeStart }.dropFirst()
            if entrance.first.map({ $0.message.status == 0xF8 && $0.time == at(1000) }) != true { wrong.append(offset) }
        }
        #expect(wrong.isEmpty)
    }

    @Test func aStopThatWasSleptThroughBringsNoClocks() {
        let sender = sender()
        _ = sender.handle(.start(map: map, from: .zero, at: at(900)))
        _ = run(sender, 900, 1200)
        _ = sender.handle(.stop(at: at(3000)))
        #expect(text(run(sender, 60_000, 61_000)) == ["60000 stop"])
    }

    @Test(arguments: [97.3, 120]) func anHourDoesNotDrift(tempo: Double) {
        let map = TempoMap(anchor: at(1000), tempo: Tempo(quartersPerMinute: tempo)!)
        let sender = sender()
        var messages = sender.handle(.start(map: map, from: .zero, at: .zero))
        var tooEarly = 0
        for step in 0..<36_100 {
            let now = at(step * 100)
            let new = sender.handle(.advance(now))
            if let last = new.last, last.time > now + .milliseconds(150) { tooEarly += 1 }
            messages += new
        }
        let clocks = messages.filter { $0.message.status == 0xF8 }
        let wrong = clocks.enumerated().filter { $0.element.time != map.instant(of: Tick(20 * $0.offset)) }
        #expect(wrong.isEmpty && tooEarly == 0)
        #expect(clocks.count == Int((3610.0 - 1 + 0.05) * tempo * 0.4) + 1)
        #expect(zip(messages, messages.dropFirst()).allSatisfy { $0.time <= $1.time })
    }

    @Test func aNewTempoKeepsTheCountOfClocks() {
        let sender = sender()
        var messages = sender.handle(.start(map: map, from: .zero, at: at(900)))
        messages += run(sender, 900, 1900)
        let faster = TempoMap(anchor: at(2000), anchorTick: Tick(960), tempo: Tempo(quartersPerMinute: 150)!)
        messages += sender.handle(.retime(faster, at: at(1900)))
        messages += run(sender, 1950, 3900)
        let clocks = messages.filter { $0.message.status == 0xF8 }
        #expect(messages.count == clocks.count + 1)
        #expect(abs((clocks[96].time - faster.instant(of: Tick(1920))).seconds) < 1e-6)
        #expect(zip(clocks, clocks.dropFirst()).allSatisfy { ($1.time - $0.time).seconds > 0.007 })
    }

    @Test func aMapThatPutsTheSongElsewhereIsAPositionAndAContinue() {
        let sender = sender()
        _ = sender.handle(.start(map: map, from: .zero, at: at(900)))
        _ = run(sender, 900, 1900)
        _ = sender.handle(
            .retime(TempoMap(anchor: at(2000), anchorTick: Tick(7680), tempo: .moderate), at: at(1900)))
        let told = text(run(sender, 1950, 2300)).filter { !$0.hasSuffix("clock") }
        #expect(told == ["2119 stop", "2120 position 65", "2124 continue"])
    }

    @Test func aPortThatComesLateEntersAtASixteenthAndOneThatGoesIsStopped() {
        let sender = sender()
        _ = sender.handle(.start(map: map, from: .zero, at: at(900)))
        _ = run(sender, 900, 1900)
        _ = sender.handle(.ports([synth, drums], at: at(1900)))
        let late = run(sender, 1950, 2200).filter { $0.destination == drums }
        #expect(text(late).prefix(3) == ["2120 position 9", "2124 continue", "2125 clock"])
        #expect(text(sender.handle(.ports([drums], at: at(2250)))) == ["2250 stop"])
        #expect(run(sender, 2250, 2500).allSatisfy { $0.destination == drums })
    }

    @Test func whatWasTakenBackIsGivenAgain() {
        let sender = sender([synth, drums])
        var messages = sender.handle(.start(map: map, from: .zero, at: at(900)))
        messages += run(sender, 900, 1100)
        let again = sender.handle(.tookBack(drums, at: at(1120)))
        #expect(again.map(\.time) == messages.filter { $0.destination == drums && $0.time > at(1120) }.map(\.time))
        #expect(!again.isEmpty && again.allSatisfy { $0.destination == drums })
    }

    @Test func aMachineThatSleptEntersAnewInsteadOfHurrying() {
        let sender = sender()
        _ = sender.handle(.start(map: map, from: .zero, at: at(900)))
        _ = run(sender, 900, 1900)
        let after = run(sender, 61_900, 62_500)
        #expect(
            text(after).filter { !$0.hasSuffix("clock") } == ["61994 stop", "61995 position 488", "61999 continue"])
        #expect(
            zip(after, after.dropFirst()).filter { $0.message == $1.message }.allSatisfy {
                ($1.time - $0.time).seconds > 0.02
            })
    }

    @Test func thePositionStartsAgainAfterFourteenBits() {
        let sender = sender()
        let long = TempoMap(anchor: at(1000), anchorTick: Tick(120 * 16_400), tempo: .moderate)
        let messages = sender.handle(.start(map: long, from: Tick(120 * 16_400), at: at(900)))
        #expect(text(messages).first == "995 position 16")
    }

    @Test func whatOneMachineSendsAnotherFollows() {
        let sender = sender()
        var clock = Clock()
        var messages = sender.handle(.start(map: map, from: Tick(480), at: at(900)))
        messages += run(sender, 900, 6000)
        for message in messages { clock.handle(.message(message.message, at: message.time)) }
        #expect(clock.names == ["continued"])
        #expect(
            clock.map.map { abs(($0.instant(of: Tick(9600)) - map.instant(of: Tick(9600))).seconds) < 1e-4 } == true)
    }

    /// A clock sender that expectations may ask.
    private final class Sender {
        private var sender: ClockSender
        init(isContinuous: Bool) { sender = ClockSender(isContinuous: isContinuous) }
        var isPlaying: Bool { sender.isPlaying }
        func handle(_ event: ClockSender.Event) -> [ScheduledMessage] { sender.handle(event) }
    }
}
