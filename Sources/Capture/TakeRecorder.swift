import MIDI
import Music

/// Records takes: Record arms, the first note begins, Record again ends; out comes a take.
///
/// A state machine without a clock: events with their times in, effects as data out. It hears the normalised messages
/// of one keyboard.
public struct TakeRecorder: Sendable {
    /// What the player plays to, and on what.
    public struct Settings: Hashable, Sendable {
        /// nil where nobody said: tempo, metre and bar line are read from the playing.
        public var tempo: Tempo?
        /// Of a take at a known tempo; also of one that is too short to be read.
        public var meter: Meter
        /// A bar line of the click, where one sounds; nil where the first note on a beat is bar 1.
        public var downbeat: Instant?
        public var origin: Take.Origin

        public init(tempo: Tempo?, meter: Meter, downbeat: Instant? = nil, origin: Take.Origin) {
            self.tempo = tempo
            self.meter = meter
            self.downbeat = downbeat
            self.origin = origin
        }
    }

    public enum Control: Hashable, Sendable {
        /// Arms; while recording, ends the take; while armed, disarms.
        case record
        /// Ends the take; while armed, disarms.
        case stop
        /// Throws away what was recorded.
        case cancel
    }

    public enum Event: Hashable, Sendable {
        case control(Control, at: Instant)
        case message(MIDIMessage, at: Instant)
        case keyboardUnplugged(at: Instant)
        /// Input was lost before this time.
        case gap(at: Instant)
        /// Time passes; a few times a second is enough.
        case tick(Instant)
    }

    public enum Effect: Hashable, Sendable {
        case stateChanged(Phase)
        /// A take, and the player's time as it goes on behind it: the tempo of the last notes, from the phrase's end on.
        case takeFinished(Take, continuation: TempoMap)
        /// Back to idle without a take.
        case discarded(Reason)
    }

    public enum Reason: String, Hashable, Sendable {
        /// Ended before a note was played.
        case nothingPlayed = "nothing was played"
        case cancelled = "cancelled"
        case keyboardUnplugged = "the keyboard was unplugged before a note was played"
    }

    /// The state without its contents, for lights and displays.
    public enum Phase: Hashable, Sendable { case idle, armed, recording, closing }

    public enum State: Sendable {
        case idle
        case armed(since: Instant)
        case recording(Draft)
        /// Ended by the player at `end` with keys still held; waits a moment for them.
        case closing(Draft, end: Instant)

        public var phase: Phase {
            switch self {
            case .idle: .idle
            case .armed: .armed
            case .recording: .recording
            case .closing: .closing
            }
        }
    }

    /// A take that is being recorded.
    public struct Draft: Sendable {
        /// The settings as they were when the first note was played.
        public let settings: Settings
        /// The first note's onset.
        public let start: Instant
        /// Notes that have ended, in the order of their ends.
        public internal(set) var notes: [PerformedNote] = []
        public internal(set) var isDamaged = false
        var pairing = NotePairing()

        init(settings: Settings, start: Instant) {
            self.settings = settings
            self.start = start
        }

        /// When the longest possible phrase is over.
        var limit: Instant {
            guard let tempo = settings.tempo else { return start + TakeRecorder.longest }
            return start + TempoMap(anchor: .zero, tempo: tempo).length(of: settings.meter.bar * Phrase.maximumBars)
        }
    }

    /// Used for the next take; a take that has begun keeps its own.
    public var settings: Settings
    public private(set) var state = State.idle

    public init(settings: Settings) { self.settings = settings }

    /// A take whose tempo is not known ends here: 64 bars of four at 60 a minute.
    static let longest = Nanoseconds.seconds(256)

    /// How long after the end held keys are waited for: half a beat, at most 300 ms.
    static func patience(_ settings: Settings) -> Nanoseconds {
        guard let tempo = settings.tempo else { return .milliseconds(300) }
        let beat = TempoMap(anchor: .zero, tempo: tempo).length(of: settings.meter.beat)
        return min(.milliseconds(300), Nanoseconds(beat.count / 2))
    }

    /// Follows an event.
    public mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .control(let control, let time): passTime(time) + press(control, time)
        case .message(let message, let time): passTime(time) + hear(message, time)
        case .keyboardUnplugged(let time): passTime(time) + unplug(time)
        case .gap(let time): passTime(time) + gap(time)
        case .tick(let time): passTime(time)
        }
    }

    private mutating func press(_ control: Control, _ time: Instant) -> [Effect] {
        switch (state, control) {
        case (.idle, .record):
            return change(to: .armed(since: time))
        case (.idle, _):
            return []
        case (.armed, .cancel):
            return discard(.cancelled)
        case (.armed, _):
            return discard(.nothingPlayed)
        case (.recording, .cancel), (.closing, .cancel):
            return discard(.cancelled)
        case (.recording(let draft), _):
            return draft.pairing.openCount == 0
                ? finish(draft, end: time, now: time) : change(to: .closing(draft, end: time))
        case (.closing(let draft, let end), _):
            return finish(draft, end: end, now: time)
        }
    }

    private mutating func hear(_ message: MIDIMessage, _ time: Instant) -> [Effect] {
        switch state {
        case .idle:
            return []
        case .armed:
            guard case .noteOn = message.kind else { return [] }
            var draft = Draft(settings: settings, start: time)
            _ = draft.pairing.follow(message, at: time)
            return change(to: .recording(draft))
        case .recording(var draft):
            if let note = draft.pairing.follow(message, at: time) { draft.notes.append(note) }
            state = .recording(draft)
            return []
        case .closing(var draft, let end):
            // A new note belongs to what comes next.
            guard case .noteOff = message.kind else { return [] }
            if let note = draft.pairing.follow(message, at: time) { draft.notes.append(note) }
            state = .closing(draft, end: end)
            return draft.pairing.openCount == 0 ? finish(draft, end: end, now: time) : []
        }
    }

    private mutating func unplug(_ time: Instant) -> [Effect] {
        switch state {
        case .idle:
            return []
        case .armed:
            return discard(.keyboardUnplugged)
        case .recording(var draft):
            draft.isDamaged = true
            return finish(draft, end: nil, now: time)
        case .closing(let draft, let end):
            return finish(draft, end: end, now: time)
        }
    }

    /// Held notes are no longer known; the take goes on, marked.
    private mutating func gap(_ time: Instant) -> [Effect] {
        switch state {
        case .idle, .armed:
            break
        case .recording(var draft):
            draft.notes += draft.pairing.closeAll(at: time)
            draft.isDamaged = true
            state = .recording(draft)
        case .closing(var draft, let end):
            draft.isDamaged = true
            return finish(draft, end: end, now: time)
        }
        return []
    }

    private mutating func passTime(_ now: Instant) -> [Effect] {
        switch state {
        case .recording(let draft) where now >= draft.limit:
            finish(draft, end: draft.limit, now: draft.limit)
        case .closing(let draft, let end) where now >= end + TakeRecorder.patience(draft.settings):
            finish(draft, end: end, now: now)
        default:
            []
        }
    }

    private mutating func finish(_ draft: Draft, end: Instant?, now: Instant) -> [Effect] {
        var draft = draft
        draft.notes += draft.pairing.closeAll(at: now)
        let performance = draft.notes.sorted {
            ($0.onset, $0.pitch, $0.length) < ($1.onset, $1.pitch, $1.length)
        }
        guard let understood = Understanding(of: performance, playedTo: draft.settings, end: end) else {
            return discard(.nothingPlayed)
        }
        let take = Take(
            phrase: understood.phrase, performance: performance, tempoMap: understood.tempoMap,
            origin: draft.settings.origin, isDamaged: draft.isDamaged)
        return [.takeFinished(take, continuation: understood.continuation)] + change(to: .idle)
    }

    private mutating func discard(_ reason: Reason) -> [Effect] { [.discarded(reason)] + change(to: .idle) }

    private mutating func change(to new: State) -> [Effect] {
        state = new
        return [.stateChanged(new.phase)]
    }
}
