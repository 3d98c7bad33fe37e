// Works on the take store PATH in a process of its own:
//   take-keeper save PATH          saves takes and prints the name of each, until it is killed
//   take-keeper limited PATH SIZE  saves with files of at most SIZE bytes until that fails; then without the limit
//   take-keeper nobody PATH        opens it as a user who owns nothing
import Glibc
import Logging
import Music
import TakeStore

let (mode, path) = (CommandLine.arguments[1], CommandLine.arguments[2])

/// Unbuffered: what is in the pipe outlives the program.
func say(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    _ = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
}

func limitFiles(to size: rlim_t) {
    var limit = rlimit()
    _ = getrlimit(__rlimit_resource_t(1), &limit)  // RLIMIT_FSIZE
    limit.rlim_cur = min(size, limit.rlim_max)
    _ = setrlimit(__rlimit_resource_t(1), &limit)
}

func example(_ number: Int) -> (Take, Arrangement) {
    let notes = (0..<8).map { step in
        NoteEvent(
            pitch: Pitch(40 + (number + step) % 60), onset: Tick(step * 240), length: Tick(240), velocity: .mezzoForte)
    }
    let phrase = Phrase(notes: notes, meter: .fourFour, tempo: Tempo(quartersPerMinute: 100)!, bars: 1)
    let performance = (0..<20 + number % 400).map { step in
        PerformedNote(
            pitch: Pitch(60), onset: Instant(nanoseconds: Int64(step) * 1_000_000), length: Nanoseconds(Int64(number)),
            velocity: .mezzoForte)
    }
    let take = Take(
        phrase: phrase, performance: performance,
        tempoMap: TempoMap(anchor: Instant(nanoseconds: 0), anchorTick: .zero, tempo: phrase.tempo),
        origin: .init(keyboard: "\(number)", trigger: "record"), isDamaged: false)
    let band = Accompaniment(
        genre: .pop, parts: [.bass: notes],
        plan: ChordPlan(window: Tick(960), chords: [Chord(root: 0, quality: .major)]),
        instrumentation: Instrumentation(programs: [:], melody: Program(0)), groove: Groove(swing: 0.5),
        provenance: .init(seed: 1, accompanist: "arranger", modelHash: "", instructionSet: "", temperature: 0.3))
    return (take, Arrangement(phrase: phrase, accompaniment: band))
}

/// Saves the next take with an arrangement and a rating; what it prints is on the disk.
func saveNext(_ store: TakeStore, _ number: Int) async throws {
    let (take, arrangement) = example(number)
    let saved = try await store.save(take)
    let answer = try await store.save(arrangement, of: saved.id)
    try await store.rate(saved.id, Rating(rawValue: number % 6))
    say("saved \(saved.id.rawValue) \(answer.id.rawValue) \(number)")
}

if mode == "nobody", geteuid() == 0 {
    _ = setgid(65534)
    _ = setuid(65534)
}
do {
    let store = try TakeStore(path: path, logger: Logger(label: "keeper") { _ in SwiftLogNoOpLogHandler() })
    var number = 0
    if mode == "limited" {
        signal(SIGXFSZ, SIG_IGN)
        limitFiles(to: rlim_t(CommandLine.arguments[3])!)
        do {
            while true {
                number += 1
                try await saveNext(store, number)
            }
        } catch { say("\(error)") }
        limitFiles(to: .max)
        for _ in 0..<3 {
            number += 1
            try await saveNext(store, number)
        }
    } else {
        while mode == "save" {
            number += 1
            try await saveNext(store, number)
        }
    }
} catch {
    say("\(error)")
}
