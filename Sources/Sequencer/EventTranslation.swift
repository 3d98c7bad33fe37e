internal import CALSA
import MIDI
import Music
import Transport

// Between ALSA's events and messages: plain assignments, no library call, so that real-time threads may use them.

extension snd_seq_event_t {
    /// An event that carries a short message; nil for the undefined statuses F4 and F5, F9 and FD.
    init?(_ message: MIDIMessage) {
        self.init()
        let channel = message.status & 15
        let (data1, data2) = (message.data1, message.data2)
        switch message.status & 0xF0 {
        case 0x80: setNote(SND_SEQ_EVENT_NOTEOFF, channel, data1, data2)
        case 0x90: setNote(SND_SEQ_EVENT_NOTEON, channel, data1, data2)
        case 0xA0: setNote(SND_SEQ_EVENT_KEYPRESS, channel, data1, data2)
        case 0xB0: setControl(SND_SEQ_EVENT_CONTROLLER, channel, UInt32(data1), Int32(data2))
        case 0xC0: setControl(SND_SEQ_EVENT_PGMCHANGE, channel, 0, Int32(data1))
        case 0xD0: setControl(SND_SEQ_EVENT_CHANPRESS, channel, 0, Int32(data1))
        case 0xE0: setControl(SND_SEQ_EVENT_PITCHBEND, channel, 0, (Int32(data2) << 7 | Int32(data1)) - 8192)
        default:
            switch message.status {
            case 0xF1: setControl(SND_SEQ_EVENT_QFRAME, 0, 0, Int32(data1))
            case 0xF2: setControl(SND_SEQ_EVENT_SONGPOS, 0, 0, Int32(data2) << 7 | Int32(data1))
            case 0xF3: setControl(SND_SEQ_EVENT_SONGSEL, 0, 0, Int32(data1))
            case 0xF6: type = UInt8(SND_SEQ_EVENT_TUNE_REQUEST.rawValue)
            case 0xF8: type = UInt8(SND_SEQ_EVENT_CLOCK.rawValue)
            case 0xFA: type = UInt8(SND_SEQ_EVENT_START.rawValue)
            case 0xFB: type = UInt8(SND_SEQ_EVENT_CONTINUE.rawValue)
            case 0xFC: type = UInt8(SND_SEQ_EVENT_STOP.rawValue)
            case 0xFE: type = UInt8(SND_SEQ_EVENT_SENSING.rawValue)
            case 0xFF: type = UInt8(SND_SEQ_EVENT_RESET.rawValue)
            default: return nil
            }
        }
    }

    /// The short message that the event carries; nil for everything else. Values outside MIDI's ranges are clamped.
    var message: MIDIMessage? {
        switch snd_seq_event_type(UInt32(type)) {
        case SND_SEQ_EVENT_NOTEOFF: noteMessage(0x80)
        case SND_SEQ_EVENT_NOTEON: noteMessage(0x90)
        case SND_SEQ_EVENT_KEYPRESS: noteMessage(0xA0)
        case SND_SEQ_EVENT_CONTROLLER:
            MIDIMessage(
                status: 0xB0 | data.control.channel & 15, data1: UInt8(min(127, data.control.param)),
                data2: seven(data.control.value))
        case SND_SEQ_EVENT_PGMCHANGE:
            MIDIMessage(status: 0xC0 | data.control.channel & 15, data1: seven(data.control.value))
        case SND_SEQ_EVENT_CHANPRESS:
            MIDIMessage(status: 0xD0 | data.control.channel & 15, data1: seven(data.control.value))
        case SND_SEQ_EVENT_PITCHBEND: fourteen(0xE0 | data.control.channel & 15, data.control.value &+ 8192)
        case SND_SEQ_EVENT_QFRAME: MIDIMessage(status: 0xF1, data1: seven(data.control.value))
        case SND_SEQ_EVENT_SONGPOS: fourteen(0xF2, data.control.value)
        case SND_SEQ_EVENT_SONGSEL: MIDIMessage(status: 0xF3, data1: seven(data.control.value))
        case SND_SEQ_EVENT_TUNE_REQUEST: MIDIMessage(status: 0xF6)
        case SND_SEQ_EVENT_CLOCK: MIDIMessage(status: 0xF8)
        case SND_SEQ_EVENT_START: .realTimeStart
        case SND_SEQ_EVENT_CONTINUE: .realTimeContinue
        case SND_SEQ_EVENT_STOP: .realTimeStop
        case SND_SEQ_EVENT_SENSING: MIDIMessage(status: 0xFE)
        case SND_SEQ_EVENT_RESET: MIDIMessage(status: 0xFF)
        default: nil
        }
    }

    /// The real-time stamp in nanoseconds of the queue.
    var stamp: Instant {
        Instant(nanoseconds: Int64(time.time.tv_sec) * 1_000_000_000 + Int64(time.time.tv_nsec))
    }

    /// An event that says when it was due, for measuring when it really came.
    init(due: Instant) {
        self.init()
        type = UInt8(SND_SEQ_EVENT_ECHO.rawValue)
        let bits = UInt64(bitPattern: due.nanoseconds)
        data.raw32.d.0 = UInt32(truncatingIfNeeded: bits)
        data.raw32.d.1 = UInt32(truncatingIfNeeded: bits >> 32)
    }

    /// When such an event was due; nil for every other one.
    var due: Instant? {
        guard snd_seq_event_type(UInt32(type)) == SND_SEQ_EVENT_ECHO else { return nil }
        return Instant(nanoseconds: Int64(data.raw32.d.0) | Int64(data.raw32.d.1) << 32)
    }

    /// Sends it past all queues.
    mutating func address(from port: UInt8, to destination: PortAddress) {
        source.port = port
        dest = destination.alsa
        queue = UInt8(SND_SEQ_QUEUE_DIRECT)
    }

    /// Has a queue send it at a time of its real-time clock.
    mutating func address(
        from port: UInt8, to destination: PortAddress, on queue: UInt8, at instant: Instant, tag: UInt8
    ) {
        source.port = port
        dest = destination.alsa
        self.queue = queue
        self.tag = tag
        flags |= UInt8(SND_SEQ_TIME_STAMP_REAL | SND_SEQ_TIME_MODE_ABS)
        let nanoseconds = max(0, instant.nanoseconds)
        time.time.tv_sec = UInt32(truncatingIfNeeded: nanoseconds / 1_000_000_000)
        time.time.tv_nsec = UInt32(nanoseconds % 1_000_000_000)
    }

    private mutating func setNote(_ kind: snd_seq_event_type, _ channel: UInt8, _ note: UInt8, _ velocity: UInt8) {
        type = UInt8(kind.rawValue)
        data.note.channel = channel
        data.note.note = note
        data.note.velocity = velocity
    }

    private mutating func setControl(_ kind: snd_seq_event_type, _ channel: UInt8, _ param: UInt32, _ value: Int32) {
        type = UInt8(kind.rawValue)
        data.control.channel = channel
        data.control.param = param
        data.control.value = value
    }

    private func noteMessage(_ status: UInt8) -> MIDIMessage {
        MIDIMessage(
            status: status | data.note.channel & 15, data1: min(127, data.note.note),
            data2: min(127, data.note.velocity))
    }
}

private func seven(_ value: Int32) -> UInt8 { UInt8(min(127, max(0, value))) }

private func fourteen(_ status: UInt8, _ value: Int32) -> MIDIMessage {
    let value = min(16383, max(0, value))
    return MIDIMessage(status: status, data1: UInt8(value & 127), data2: UInt8(value >> 7))
}
