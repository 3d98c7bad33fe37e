import MIDI
import Music

extension MIDIFile {
    /// The bytes of the file: the same for the same value, always. Full status bytes, no running status.
    ///
    /// - Precondition: events are in time order, no event of a track lies 2^28 ticks or more behind the one before,
    ///   channel messages only.
    public var bytes: [UInt8] {
        var bytes = Array("MThd".utf8)
        append(6, width: 4, to: &bytes)
        append(format.rawValue, width: 2, to: &bytes)
        append(tracks.count, width: 2, to: &bytes)
        append(ticksPerQuarter, width: 2, to: &bytes)
        for track in tracks {
            let body = self.body(of: track)
            bytes += Array("MTrk".utf8)
            append(body.count, width: 4, to: &bytes)
            bytes += body
        }
        return bytes
    }

    private func body(of track: Track) -> [UInt8] {
        var body: [UInt8] = []
        var now = 0
        for event in track.events {
            appendVariableLength(event.tick - now, to: &body)
            now = event.tick
            switch event.body {
            case .message(let message):
                precondition(message.status < 0xF0, "a file holds channel messages")
                body += message.bytes
            case .systemExclusive(let data): appendBlock([0xF0], data, to: &body)
            case .escape(let data): appendBlock([0xF7], data, to: &body)
            case .meta(let type, let data): appendBlock([0xFF, type], data, to: &body)
            }
        }
        appendVariableLength(max(0, track.length - now), to: &body)
        return body + [0xFF, MetaType.endOfTrack, 0]
    }

    private func appendBlock(_ head: [UInt8], _ data: [UInt8], to bytes: inout [UInt8]) {
        bytes += head
        appendVariableLength(data.count, to: &bytes)
        bytes += data
    }

    private func append(_ value: Int, width: Int, to bytes: inout [UInt8]) {
        for shift in (0..<width).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
    }

    private func appendVariableLength(_ value: Int, to bytes: inout [UInt8]) {
        precondition((0..<(1 << 28)).contains(value), "a length in a file is below 2^28")
        for shift in [21, 14, 7] where value >> shift > 0 { bytes.append(UInt8(value >> shift & 127) | 128) }
        bytes.append(UInt8(value & 127))
    }
}
