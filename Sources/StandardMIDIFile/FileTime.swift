import MIDI
import Music

extension MIDIFile {
    /// The channel messages of all tracks with their times in seconds, as the file's tempo events have it.
    ///
    /// In time order; at one time in the order of the tracks, and of their events. A tempo of 0 is taken for 1 µs a quarter.
    public var timedMessages: [(seconds: Double, message: MIDIMessage)] {
        let clock = FileClock(self)
        var messages: [(tick: Int, message: MIDIMessage)] = []
        for track in tracks {
            for case (let tick, .message(let message)) in track.events.lazy.map({ ($0.tick, $0.body) })
            where message.channel != nil {
                messages.append((tick, message))
            }
        }
        let order = messages.indices.sorted { (messages[$0].tick, $0) < (messages[$1].tick, $1) }
        return order.map { (clock.seconds(at: messages[$0].tick), messages[$0].message) }
    }
}

/// Counts seconds along a file's tempo changes.
struct FileClock {
    /// From `tick` on, which is `seconds` behind the beginning.
    private struct Section {
        var tick: Int
        var seconds: Double
        var microseconds: Int
    }

    private let ticksPerQuarter: Int
    private let sections: [Section]

    init(_ file: MIDIFile) {
        ticksPerQuarter = file.ticksPerQuarter
        // 120 quarter notes a minute, as the standard has it for files without a tempo.
        var sections = [Section(tick: 0, seconds: 0, microseconds: 500_000)]
        for change in file.tempoChanges {
            let last = sections[sections.count - 1]
            let seconds = last.seconds + FileClock.seconds(change.tick - last.tick, last.microseconds, ticksPerQuarter)
            sections.append(
                Section(tick: change.tick, seconds: seconds, microseconds: max(1, change.microsecondsPerQuarter)))
        }
        self.sections = sections
    }

    /// Behind the file's beginning.
    func seconds(at tick: Int) -> Double {
        // The last section that begins at the tick or before.
        var (low, high) = (0, sections.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if sections[middle].tick <= tick { low = middle } else { high = middle }
        }
        let section = sections[low]
        return section.seconds + FileClock.seconds(tick - section.tick, section.microseconds, ticksPerQuarter)
    }

    /// Whether the tempo is another somewhere behind the first tick and before the second.
    func changes(from first: Int, until end: Int) -> Bool {
        var held: Int?
        for (index, section) in sections.enumerated() {
            let next = index + 1 < sections.count ? sections[index + 1].tick : Int.max
            guard next > first, section.tick < end else { continue }
            if let held, held != section.microseconds { return true }
            held = section.microseconds
        }
        return false
    }

    private static func seconds(_ ticks: Int, _ microseconds: Int, _ ticksPerQuarter: Int) -> Double {
        Double(ticks) / Double(ticksPerQuarter) * Double(microseconds) / 1e6
    }
}

extension Tempo {
    /// The tempo of a tempo event: of all that are written so, the one with the fewest decimals.
    ///
    /// - Returns: nil outside `Tempo.range`.
    init?(microsecondsPerQuarter: Int) {
        let exact = microsecondsPerQuarter > 0 ? 60e6 / Double(microsecondsPerQuarter) : .infinity
        guard Tempo.range.contains(exact) else { return nil }
        for scale in [1.0, 10, 100, 1000] {
            let short = Tempo(quartersPerMinute: (exact * scale).rounded() / scale)
            if let short, short.microsecondsPerQuarter == microsecondsPerQuarter {
                self = short
                return
            }
        }
        self.init(quartersPerMinute: exact)
    }
}
