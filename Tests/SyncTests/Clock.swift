import MIDI
import Music
import Sync

/// A machine that sends MIDI clock, and somebody who follows it.
struct Clock {
    static let clock = MIDIMessage(status: 0xF8)
    static func position(_ sixteenths: Int) -> MIDIMessage {
        MIDIMessage(status: 0xF2, data1: UInt8(sixteenths & 127), data2: UInt8(sixteenths >> 7))
    }
    static func at(_ seconds: Double) -> Instant { .zero + .seconds(seconds) }
    static func tempo(_ value: Double) -> Tempo { Tempo(quartersPerMinute: value)! }

    var follower: ClockFollower
    var effects: [ClockFollower.Effect] = []
    /// The map in force.
    var map: TempoMap?

    init(_ follower: ClockFollower = ClockFollower()) { self.follower = follower }

    mutating func send(_ message: MIDIMessage, at seconds: Double) {
        handle(.message(message, at: Clock.at(seconds)))
    }

    mutating func handle(_ event: ClockFollower.Event) {
        let new = follower.handle(event)
        for effect in new {
            switch effect {
            case .began(let map), .continued(let map), .retimed(let map): self.map = map
            case .stopped: map = nil
            case .lost, .tempo: break
            }
        }
        effects += new
    }

    /// How far, in seconds, the map in force is from where a clock of the song is meant.
    func error(ofClock number: Int, meant: Double) -> Double {
        guard let map else { return .infinity }
        return (map.instant(of: Tick(20 * number)) - Clock.at(meant)).seconds
    }

    /// The names of the effects, in order.
    var names: [String] {
        effects.map {
            switch $0 {
            case .began: "began"
            case .continued: "continued"
            case .retimed: "retimed"
            case .stopped(let tick): "stopped at \(tick.rawValue)"
            case .lost: "lost"
            case .tempo: "tempo"
            }
        }
    }
}
