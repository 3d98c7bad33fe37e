import MIDI
import Music

/// A note of a file, in file ticks.
public struct FileNote: Hashable, Sendable {
    /// Counted from 0, as in `MIDIFile.tracks`.
    public var track: Int
    public var channel: Channel
    public var pitch: Pitch
    public var velocity: Velocity
    public var onset: Int
    /// At least one tick.
    public var length: Int
    /// No note-off was found: it was ended with its track.
    public var isHung: Bool

    public var end: Int { onset + length }
}

extension MIDIFile {
    /// Tempo events of all tracks by tick; microseconds a quarter as written (0...2^24 - 1).
    public var tempoChanges: [(tick: Int, microsecondsPerQuarter: Int)] {
        metaEvents(MetaType.tempo).compactMap { tick, data in
            data.count == 3 ? (tick, data.reduce(0) { $0 << 8 | Int($1) }) : nil
        }
    }

    /// Time signatures of all tracks by tick; nil for one that is no `Meter`.
    public var meterChanges: [(tick: Int, meter: Meter?)] {
        metaEvents(MetaType.timeSignature).compactMap { tick, data in
            guard data.count >= 2 else { return nil }
            return (tick, data[1] < 6 ? Meter(Int(data[0]), 1 << Int(data[1])) : nil)
        }
    }

    /// Key signatures of all tracks by tick; those with more than seven accidentals are left out.
    public var keyChanges: [(tick: Int, key: Key)] {
        metaEvents(MetaType.keySignature).compactMap { tick, data in
            guard data.count == 2, data[1] < 2 else { return nil }
            let sharps = Int(Int8(bitPattern: data[0]))
            guard (-7...7).contains(sharps) else { return nil }
            return (tick, Key(tonic: sharps * 7 + (data[1] == 1 ? 9 : 0), mode: data[1] == 1 ? .minor : .major))
        }
    }

    /// Markers of all tracks by tick.
    public var markers: [(tick: Int, text: String)] {
        metaEvents(MetaType.marker).map { ($0.tick, text($0.data)) }
    }

    /// The text events (meta event 1) of a track in order.
    func texts(track: Int) -> [String] {
        tracks[track].events.compactMap { event in
            guard case .meta(MetaType.text, let bytes) = event.body else { return nil }
            return text(bytes)
        }
    }

    /// The last program that each channel of a track is set to.
    public func programs(track: Int) -> [Channel: Program] {
        var programs: [Channel: Program] = [:]
        for case .message(let message) in tracks[track].events.lazy.map(\.body) {
            if case .programChange(let channel, let program) = message.kind { programs[channel] = program }
        }
        return programs
    }

    /// The notes of a track by onset, note-ons and note-offs of a channel and pitch paired first in, first out.
    public func notes(track: Int) -> [FileNote] {
        var notes: [FileNote] = []
        // For each channel and pitch the open notes, as indices, and how many of them are ended.
        var open = [[Int]](repeating: [], count: 2048)
        var ended = [Int](repeating: 0, count: 2048)
        for event in tracks[track].events {
            guard case .message(let message) = event.body else { continue }
            switch message.kind {
            case .noteOn(let channel, let pitch, let velocity):
                open[Int(channel.wire) << 7 | pitch.number].append(notes.count)
                notes.append(
                    FileNote(
                        track: track, channel: channel, pitch: pitch, velocity: velocity, onset: event.tick, length: 1,
                        isHung: true))
            case .noteOff(let channel, let pitch):
                let slot = Int(channel.wire) << 7 | pitch.number
                guard ended[slot] < open[slot].count else { continue }
                let index = open[slot][ended[slot]]
                ended[slot] += 1
                notes[index].length = max(1, event.tick - notes[index].onset)
                notes[index].isHung = false
            default: break
            }
        }
        for index in notes.indices where notes[index].isHung {
            notes[index].length = max(1, tracks[track].length - notes[index].onset)
        }
        return notes
    }

    private func metaEvents(_ type: UInt8) -> [(tick: Int, data: [UInt8])] {
        var found: [(tick: Int, data: [UInt8])] = []
        for track in tracks {
            for event in track.events {
                if case .meta(type, let data) = event.body { found.append((event.tick, data)) }
            }
        }
        return found.enumerated().sorted { ($0.element.tick, $0.offset) < ($1.element.tick, $1.offset) }.map(\.element)
    }
}
