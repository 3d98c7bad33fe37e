import ArgumentParser
import ConsoleAPI
import ContinuoClient
import Foundation
import MIDI
import Music

struct PerformCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "perform",
        abstract: "Play the melody of a MIDI file to the daemon, as a person would.",
        discussion: """
            A scripted player presses the keys in real time: some milliseconds early and late, with accents. With --record it \
            sets the daemon's tempo and metre to the melody's, presses Record before and at the bar line after it, and waits \
            until the band has come in.
            """)

    @Argument(help: "MIDI file.", completion: .file(extensions: ["mid", "midi"])) var melody: String
    @OptionGroup var track: TrackOption
    @Option(help: "Plays with other small inaccuracies.") var seed: UInt64 = 1
    @Option(help: "Quarter notes a minute, instead of the file's.") var tempo: Tempo?
    @Option(help: "The bar to begin with.") var from = 1
    @Option(help: "How many bars to play; all by default.") var bars: Int?
    @Flag(help: "Press Record before and after the melody, and wait for the band.") var record = false
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard (1...Phrase.maximumBars).contains(from), (bars ?? 1) >= 1 else {
            throw ValidationError("--from and --bars count bars from 1.")
        }
    }

    func run() async throws {
        let phrase = try excerpt(try readMelody(melody, track.choice).phrase)
        guard let first = phrase.notes.first else {
            throw fail("\(melody): there are no notes in these bars", ExitReason.badInput)
        }
        if record, first.onset.rawValue % phrase.meter.bar.rawValue != 0 {
            note(
                "The melody begins before or behind a bar line, and the daemon takes the first note for bar 1; --from \(from + 1) leaves the pickup out."
            )
        }
        let status = try await daemon.ask { client throws(ClientError) in try await client.status() }
        let interrupt = Interrupt()
        guard record else {
            let strokes = await play(phrase, interrupt)
            return try tell(Performance(notes: strokes, bars: phrase.bars, result: nil))
        }
        if status.output == nil {
            note("The band has no port to play to: the take is kept and a band is written, but nothing sounds.")
        }
        let result = try await recorded(phrase, expectsSound: status.output != nil, interrupt)
        try tell(Performance(notes: phrase.notes.count, bars: phrase.bars, result: result))
    }

    /// The bars that are to be played, from their first bar line on.
    private func excerpt(_ phrase: Phrase) throws -> Phrase {
        guard from <= phrase.bars else {
            throw fail(
                "\(melody): it has \(counted(phrase.bars, "bar")), so --from \(from) is behind its end",
                ExitReason.badInput)
        }
        let start = phrase.meter.bar * (from - 1)
        let notes = phrase.notes.filter { $0.onset >= start }.map { event in
            var moved = event
            moved.onset = event.onset - start
            return moved
        }
        return Phrase(
            notes: notes, meter: phrase.meter, tempo: tempo ?? phrase.tempo,
            bars: min(bars ?? phrase.bars, phrase.bars - from + 1))
    }

    // MARK: - Playing

    /// How many messages the daemon takes at a time. All are handed over at once where they fit: the daemon plays each at its own
    /// time, so that a busy machine between us changes nothing.
    private static let handful = InputRequest.maximumMessages

    /// Plays in real time.
    ///
    /// - Parameter begun: called with the time of the phrase's bar 1.
    /// - Parameter untilSeconds: when to return, counted from bar 1; nil for the end of the last note.
    /// - Returns: how many notes were played.
    @discardableResult
    private func play(
        _ phrase: Phrase, _ interrupt: Interrupt, untilSeconds: Double? = nil,
        begun: (ContinuousClock.Instant) -> Void = { _ in }
    ) async -> Int {
        var player = ScriptedPlayer(seed: seed)
        let strokes = player.play(phrase)
        var messages: [(due: Double, message: MIDIMessage)] = strokes.flatMap { stroke in
            [
                (stroke.down, MIDIMessage.noteOn(Channel(1), stroke.pitch, stroke.velocity)),
                (stroke.up, MIDIMessage.noteOff(Channel(1), stroke.pitch)),
            ]
        }
        messages.sort { ($0.due, $0.message.status) < ($1.due, $1.message.status) }
        let clock = ContinuousClock()
        let start = clock.now + .milliseconds(200)
        begun(start)
        var handed = 0
        let end = untilSeconds ?? messages.last?.due ?? 0
        while !interrupt.isRequested {
            let now = (clock.now - start) / .seconds(1)
            // A very long melody goes in handfuls, each well before it is due.
            if handed < messages.count, handed == 0 || messages[handed].due < now + 30 {
                let batch = messages[handed...].prefix(Self.handful)
                    .prefix { $0.due - now < InputMessage.longestDelay }
                    .map { InputMessage($0.message, delay: max(0, $0.due - now)) }
                guard (try? await daemon.client.inject(batch)) != nil else { break }
                handed += batch.count
            }
            if now >= end { break }
            try? await Task.sleep(for: .seconds(min(0.1, end - now)))
        }
        // What was handed over and is not due yet is taken back, and no key stays down.
        if interrupt.isRequested { _ = try? await daemon.client.perform(.panic) }
        return strokes.count
    }

    /// Plays between two presses of Record, and follows what becomes of it.
    private func recorded(_ phrase: Phrase, expectsSound: Bool, _ interrupt: Interrupt) async throws -> BandWatch.Result
    {
        let watch = BandWatch(client: daemon.client)
        try await daemon.ask { _ throws(ClientError) in try await watch.begin() }
        try await daemon.ask { client throws(ClientError) in
            try await client.perform(.tempo(phrase.tempo))
            try await client.perform(.meter(phrase.meter))
            try await client.perform(.record)
        }
        // The daemon's bar 1 is the first note. Record is pressed again a little before the bar line behind the last bar, as a player
        // does who wants the band there.
        let first = phrase.notes[0].onset
        let bars = Double(
            ((phrase.length - first).rawValue + phrase.meter.bar.rawValue - 1) / phrase.meter.bar.rawValue)
        let quarterSeconds = 60 / phrase.tempo.quartersPerMinute
        let barSeconds = phrase.meter.bar.quarters * quarterSeconds
        let press =
            first.quarters * quarterSeconds + bars * barSeconds - 0.45 * phrase.meter.beat.quarters * quarterSeconds
        await play(phrase, interrupt, untilSeconds: press)
        if interrupt.isRequested {
            _ = try? await daemon.client.perform(.stop)
            throw fail("interrupted; the take ends here, without a band", ExitReason.notNow)
        }
        _ = try await daemon.ask { client throws(ClientError) in try await client.perform(.record) }
        let patience = Duration.seconds(15 + 2 * barSeconds)
        guard let result = await watch.result(expectsSound: expectsSound, within: patience, interrupt) else {
            throw fail(
                "the band did not come in within \(patience.components.seconds) seconds; the daemon's log says more",
                ExitReason.unavailable)
        }
        return result
    }

    // MARK: - Telling

    private struct Performance: Encodable {
        var notes: Int
        var bars: Int
        var result: BandWatch.Result?
    }

    private func tell(_ performance: Performance) throws {
        if json { return try printJSON(performance) }
        guard let result = performance.result else {
            return print("played \(counted(performance.notes, "note")) in \(counted(performance.bars, "bar"))")
        }
        for line in result.lines { print(line) }
    }
}
