import MIDI
import Music
import StandardMIDIFile

/// A header chunk.
func header(format: Int = 1, tracks: Int = 1, division: Int = 480) -> [UInt8] {
    Array("MThd".utf8) + [0, 0, 0, 6]
        + [format, tracks, division].flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] }
}

/// A chunk with its right length.
func chunk(_ tag: String, _ body: [UInt8]) -> [UInt8] {
    Array(tag.utf8) + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: body.count >> $0) } + body
}

/// A track chunk.
func chunk(_ body: [UInt8]) -> [UInt8] { chunk("MTrk", body) }

let endOfTrack: [UInt8] = [0, 0xFF, 0x2F, 0]

/// A melody of quarters as a track: pitches one after the other.
func melodyTrack(_ name: String?, _ pitches: [Int], channel: Int = 1, program: Int? = nil) -> MIDIFile.Track {
    let c = Channel(channel)
    var events: [MIDIFile.Event] = []
    if let name { events.append(.init(tick: 0, .meta(MetaType.trackName, Array(name.utf8)))) }
    if let program { events.append(.init(tick: 0, .message(.programChange(c, Program(program))))) }
    for (index, pitch) in pitches.enumerated() {
        events.append(.init(tick: index * 480, .message(.noteOn(c, Pitch(pitch), Velocity(90)))))
        events.append(.init(tick: index * 480 + 480, .message(.noteOff(c, Pitch(pitch)))))
    }
    return .init(events: events.sorted { ($0.tick, order($0)) < ($1.tick, order($1)) })
}

private func order(_ event: MIDIFile.Event) -> Int {
    guard case .message(let message) = event.body else { return 0 }
    return message.status & 0xF0 == 0x90 ? 2 : 1
}

func meta(_ tick: Int, _ type: UInt8, _ data: [UInt8]) -> MIDIFile.Event { .init(tick: tick, .meta(type, data)) }

/// The file's error, or nil where it can be read.
func readError(_ bytes: [UInt8]) -> SMFError? {
    do {
        _ = try MIDIFile(bytes: bytes)
        return nil
    } catch {
        return error
    }
}

func note(_ pitch: Int, _ onset: Int, _ length: Int, _ velocity: Int = 80) -> NoteEvent {
    NoteEvent(pitch: Pitch(pitch), onset: .steps(onset), length: .steps(length), velocity: Velocity(velocity))
}
