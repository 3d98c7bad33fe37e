import MIDI

extension MIDIFile {
    /// The channel messages of all tracks with their times in seconds, as the file's tempo events have it.
    ///
    /// In time order; at one time in the order of the tracks, and of their events. A tempo of 0 is taken for 1 µs a quarter.
    public var timedMessages: [(seconds: Double, message: MIDIMessage)] {
        var changes = tempoChanges[...]
        var clock = FileClock(ticksPerQuarter: ticksPerQuarter)
        var messages: [(tick: Int, message: MIDIMessage)] = []
        for track in tracks {
            for case (let tick, .message(let message)) in track.events.lazy.map({ ($0.tick, $0.body) })
            where message.channel != nil {
                messages.append((tick, message))
            }
        }
        let order = messages.indices.sorted { (messages[$0].tick, $0) < (messages[$1].tick, $1) }
        return order.map { index in
            let (tick, message) = messages[index]
            while let change = changes.first, change.tick <= tick {
                clock.change(to: change.microsecondsPerQuarter, at: change.tick)
                changes.removeFirst()
            }
            return (clock.seconds(at: tick), message)
        }
    }
}

/// Counts seconds along a file's tempo changes.
private struct FileClock {
    let ticksPerQuarter: Int
    private var tick = 0
    private var elapsed = 0.0
    /// 120 quarter notes a minute, as the standard has it for files without a tempo.
    private var microseconds = 500_000

    init(ticksPerQuarter: Int) { self.ticksPerQuarter = ticksPerQuarter }

    func seconds(at later: Int) -> Double {
        elapsed + Double(later - tick) / Double(ticksPerQuarter) * Double(microseconds) / 1e6
    }

    mutating func change(to microseconds: Int, at later: Int) {
        elapsed = seconds(at: later)
        tick = later
        self.microseconds = max(1, microseconds)
    }
}
