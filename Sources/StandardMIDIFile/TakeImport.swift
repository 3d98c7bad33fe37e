import MIDI
import Music

/// A file as a take, with what else was found in it.
public struct ImportedTake: Hashable, Sendable {
    /// The phrase by the file's bars and beats, and the performance in seconds along the file's tempo changes; bar 1 lies a second
    /// behind the time's zero, so that notes ahead of it have room. Its origin is `file`, its trigger `import`.
    public var take: Take
    /// The harmony that stands in the file as markers; nil where there is none.
    public var chords: ChordPlan?
    /// The other tracks as the parts of a band; nil where there are none. Its phrase is the take's.
    public var arrangement: Arrangement?
    /// The file's own name for itself; nil where it has none.
    public var title: String?
    /// The key signature at the phrase's beginning, where the file has one.
    public var writtenKey: Key?
    /// Whether this program wrote the file, so that nothing had to be guessed.
    public var isOwn: Bool
    /// The melody's track, counted from 1 as `TrackChoice.number`.
    public var trackNumber: Int
    public var trackName: String?
    /// Why this track: a clause such as `its name is "Lead Vocal"`.
    public var reason: String
    /// How sure the choice is, 0...1.
    public var confidence: Double
    /// Nine in ten onsets lie this near to the grid or nearer, in quarter notes.
    public var gridError: Double
    /// Whether the melody follows the file's beats. Where it does not, they say nothing: read the performance instead.
    public var followsBeats: Bool
    /// What was left out or guessed, sentences for the player.
    public var notices: [String]
}

/// Why a file could not be imported: what was being done, to which file, and what to do next.
public struct ImportError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        /// The bytes are no MIDI file that can be read.
        case unreadable(SMFError)
        /// It has no melody, or not the one that was asked for.
        case noMelody(MelodyError)
    }

    public let file: String
    public let reason: Reason
    /// What to do next, a clause.
    public let advice: String

    /// What is wrong with the file, a clause.
    public var problem: String {
        switch reason {
        case .unreadable(let error): error.message
        case .noMelody(let error): "\(error)"
        }
    }

    public var description: String { "cannot import \(file) as a take: \(problem); \(advice)" }

    init(_ error: SMFError, bytes: [UInt8], file: String) {
        self.file = file
        reason = .unreadable(error)
        let isZip = bytes.starts(with: "PK".utf8)
        let isXML = bytes.prefix(256).contains(UInt8(ascii: "<")) && bytes.first.map { $0 == 60 || $0 == 0xEF } ?? false
        advice =
            switch error.kind {
            case .notAMIDIFile where isZip || isXML:
                "it looks like a score: open it in its program and export a MIDI file"
            case .notAMIDIFile: "choose a Standard MIDI File, whose name usually ends in .mid"
            case .tooLarge: "export only the song that you want"
            // These messages say themselves what to export.
            case .unsupportedFormat, .unsupportedDivision: "no part of it was imported"
            case .truncated, .malformed:
                "copy the file again, or open it in the program that it comes from and export it once more"
            }
    }

    init(_ error: MelodyError, file: String) {
        self.file = file
        reason = .noMelody(error)
        advice =
            switch error {
            case .noNotes: "choose a file with a melody in it"
            case .noSuchTrack: "choose one of these, or none to have the melody found"
            }
    }
}

extension ImportedTake {
    /// Imports a MIDI file.
    ///
    /// A file that this program exported gives the phrase that it was exported from, with its chords and its band: on the grid if it was
    /// exported straight or with a groove (swung sixteenths lie where triplets do, and are read for them), rounded to the grid if it is a
    /// performance. In any other file the melody is looked for; a pickup
    /// bar is filled up in front; bars before the melody are left out; of a metre that changes the longest holds, and of a tempo that
    /// changes the mean; a melody of more than 64 bars is cut.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - file: its name, for errors.
    ///   - track: which track is the melody.
    ///   - keepsBand: whether the other tracks are read too.
    /// - Throws: `ImportError`.
    public init(
        bytes: [UInt8], file: String, track: TrackChoice = .automatic, keepsBand: Bool = true
    ) throws(ImportError) {
        let read: MIDIFile
        do { read = try MIDIFile(bytes: bytes) } catch { throw ImportError(error, bytes: bytes, file: file) }
        if track == .automatic, ArrangementReader(read).isOwn {
            self.init(own: read, keepsBand: keepsBand)
            return
        }
        do { self = try ImportedTake(foreign: read, track, keepsBand: keepsBand) } catch {
            throw ImportError(error, file: file)
        }
    }

    private init(own file: MIDIFile, keepsBand: Bool) {
        let read = ArrangementReader(file, straight: true).own()
        var phrase = read.arrangement.phrase
        let played = file.texts(track: 0).lazy.compactMap { PlayedBars($0) }.first
        var skipped = 0
        if let played {
            // Notes a little before bar 1 belong to it; what lies further ahead keeps its bars.
            let grid = FileGrid(notes: file.notes(track: 1), ticksPerQuarter: file.ticksPerQuarter).events
            let wanted = phrase.meter.bar * (played.first - 1)
            skipped = grid.allSatisfy { $0.onset >= wanted } ? played.first - 1 : 0
            let start = phrase.meter.bar * skipped
            let notes = grid.map {
                NoteEvent(pitch: $0.pitch, onset: $0.onset - start, length: $0.length, velocity: $0.velocity)
            }
            let bars = min(Phrase.maximumBars, played.bars + played.first - 1 - skipped)
            phrase = Phrase(
                notes: notes.soundingOnce(until: phrase.meter.bar * bars), meter: phrase.meter, tempo: played.tempo,
                bars: bars)
        }
        let hasBand = keepsBand && file.tracks.count > 2
        self.init(
            take: file.take(phrase, notes: file.notes(track: 1), skippedBars: skipped, track: 1, channel: Channel(1)),
            chords: file.chords(of: phrase, skippedBars: skipped), arrangement: hasBand ? read.arrangement : nil,
            title: file.tracks[0].name.flatMap { $0 == MIDIFile.conductorName ? nil : $0 },
            writtenKey: file.keyChanges.first?.key, isOwn: true, trackNumber: 2, trackName: MIDIFile.melodyName,
            reason: "it is the melody of an export", confidence: 1, gridError: 0, followsBeats: true,
            notices: read.notices)
    }

    private init(foreign read: MIDIFile, _ choice: TrackChoice, keepsBand: Bool) throws(MelodyError) {
        let (file, notice) = read.countedInWholeBars()
        let found = try MelodyFinder(file).melody(choice, .asHeard)
        let band = keepsBand ? ArrangementReader(file).foreign(found).arrangement : nil
        self.init(
            take: file.take(
                found.phrase, notes: found.played, skippedBars: found.skippedBars, track: found.trackNumber - 1,
                channel: found.channel),
            chords: file.chords(of: found.phrase, skippedBars: found.skippedBars),
            arrangement: band.flatMap { $0.accompaniment.parts.values.allSatisfy(\.isEmpty) ? nil : $0 },
            title: file.title, writtenKey: found.writtenKey, isOwn: false, trackNumber: found.trackNumber,
            trackName: found.trackName, reason: found.reason, confidence: found.confidence, gridError: found.gridError,
            followsBeats: found.followsBeats,
            notices: [notice].compactMap { $0 } + found.notices)
    }
}

extension MIDIFile {
    /// A phrase as a take, with the notes of the file that it was made of as they sound.
    fileprivate func take(
        _ phrase: Phrase, notes: [FileNote], skippedBars: Int, track: Int, channel: Channel
    ) -> Take {
        let clock = FileClock(self)
        let first = FileGrid.tick(phrase.meter.bar * skippedBars, self)
        let end = first + FileGrid.tick(phrase.length, self)
        // A last note may ring on for a bar.
        let silence = end + FileGrid.tick(phrase.meter.bar, self)
        let zero = clock.seconds(at: first) - 1
        func instant(_ tick: Int) -> Instant {
            .zero + .seconds(max(0, clock.seconds(at: min(tick, silence)) - zero))
        }
        // What rounds to the first step or to the last belongs to the phrase.
        let half = ticksPerQuarter / Grid.stepsPerQuarter / 2
        let performance = notes.filter { $0.onset >= first - half && $0.onset < end }.map { note in
            let onset = instant(note.onset)
            return PerformedNote(
                pitch: note.pitch, onset: onset, length: max(Nanoseconds(1), instant(note.end) - onset),
                velocity: note.velocity)
        }
        return Take(
            phrase: phrase,
            performance: performance.sorted { ($0.onset, $0.pitch, $0.length) < ($1.onset, $1.pitch, $1.length) },
            pedal: pedal(track: track, channel: channel, until: end).compactMap { span in
                let (down, up) = (instant(span.down), instant(span.up))
                return down < up ? PedalSpan(down: down, up: up) : nil
            },
            tempoMap: TempoMap(anchor: instant(first), tempo: phrase.tempo),
            origin: .init(keyboard: "file", trigger: "import"), isDamaged: false)
    }

    /// When the sustain pedal of a channel is down, in file ticks; a pedal that stays down goes up with its track.
    private func pedal(track: Int, channel: Channel, until end: Int) -> [(down: Int, up: Int)] {
        var spans: [(down: Int, up: Int)] = []
        var down: Int?
        for event in tracks[track].events {
            guard case .message(let message) = event.body,
                case .controlChange(channel, Controller.sustain, let value) = message.kind
            else { continue }
            if value >= 64, down == nil, event.tick < end { down = event.tick }
            if value < 64, let start = down {
                if event.tick > start { spans.append((start, event.tick)) }
                down = nil
            }
        }
        if let down, tracks[track].length > down { spans.append((down, tracks[track].length)) }
        return spans
    }

    /// The name of the whole: that of a first track without notes, or of the only one.
    fileprivate var title: String? {
        guard tracks.count == 1 || notes(track: 0).isEmpty else { return nil }
        let name = tracks[0].name.map { $0.drop { $0 == " " } } ?? ""
        return name.isEmpty ? nil : String(name)
    }
}
