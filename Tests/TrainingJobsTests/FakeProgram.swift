import Foundation
import Synchronization
import Testing

@testable import TrainingJobs

/// A program that behaves like `continuo` as far as a job sees it, told by files in a folder what to do.
final class FakeProgram: Sendable {
    let folder: String
    var path: String { "\(folder)/continuo" }
    var jobs: String { "\(folder)/jobs" }
    /// A file of lead sheets.
    var data: String { "\(folder)/songs.jsonl" }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("tj-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try write(Self.script, to: "continuo")
        try write("{}\n", to: "songs.jsonl")
        chmod(path, 0o755)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func write(_ text: String, to name: String) throws {
        let file = URL(fileURLWithPath: "\(folder)/\(name)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file, options: .atomic)
    }

    func read(_ name: String) -> String { (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)) ?? "" }
    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(name)") }
    func remove(_ name: String) { try? FileManager.default.removeItem(atPath: "\(folder)/\(name)") }

    /// What it was called with, a line a call, without the folder's name.
    var calls: [String] {
        read("calls").replacing(folder, with: "").split(separator: "\n").map(String.init)
    }

    /// The words that the calls begin with.
    var stages: [String] {
        calls.map { $0.split(separator: " ").prefix(2).joined(separator: " ") }.map { words in
            words.hasPrefix("train") ? "train" : words
        }
    }

    var request: TrainingRequest { TrainingRequest(genre: "waltz", data: data) }

    /// `hold-STAGE` lets a stage wait while it is there, `fail-STAGE` lets it fail with what is written in it; `stubborn` lets the
    /// trainer take no notice of signals.
    private static let script = """
        #!/bin/sh
        here=${0%/*}
        echo "$*" >> "$here/calls"
        # Without a process of its own: while the shell starts one it blocks signals and has more files open.
        while read -r line; do echo "$line"; done < /proc/$$/status > "$here/status"
        read -r line < /proc/$$/stat; echo "$line" > "$here/stat"
        count=0; for file in /proc/$$/fd/*; do count=$((count + 1)); done; echo $count > "$here/descriptors"
        for word in "$@"; do
            case $word in --run=*) run=${word#--run=} ;; --json=*) json=${word#--json=} ;; esac
        done
        hold() { while [ -e "$here/hold-$1" ]; do sleep 0.02; done; }
        fail() { [ ! -e "$here/fail-$1" ] || { cat "$here/fail-$1" >&2; exit 65; }; }
        say() {
            echo "{\\"phase\\":\\"$1\\",\\"step\\":$2,\\"totalSteps\\":100,\\"stepsPerSecond\\":4.5,\\"secondsLeft\\":12,\\"warnings\\":[{\\"step\\":3,\\"text\\":\\"the discriminator wins\\"}],\\"updated\\":\\"2026-01-01T00:00:00Z\\"}" > "$run/progress.new"
            mv "$run/progress.new" "$run/progress.json"
        }
        case $1 in
        train)
            mkdir -p "$run"
            echo "{}" > "$run/configuration.json"
            if [ -e "$here/stubborn" ]; then trap '' INT TERM
            else trap 'echo stopped > "$run/checkpoint.safetensors"; exit 0' INT TERM; fi
            say preparing 0
            hold prepare
            fail train
            say training 40
            hold train
            say finished 100
            echo checkpoint > "$run/checkpoint.safetensors"
            echo model > "$run/model.safetensors"
            ;;
        data) fail data ;;
        evaluate)
            hold evaluate
            fail evaluate
            cat "$run" 2>/dev/null
            echo "{}" > "$json"
            echo "the table"
            ;;
        models)
            hold release
            fail release
            echo "$3" > "$here/released"
            ;;
        esac
        """
}

/// What a queue told.
final class Told: Sendable {
    private let lines = Mutex<[(text: String, job: TrainingJob?)]>([])

    func hear(_ report: TrainingQueue.Report) {
        switch report {
        case .changed(let job): add("\(job.id) \(job.state.rawValue)", job)
        case .problem(let text): add("problem: \(text)", nil)
        case .remark(let text): add("remark: \(text)", nil)
        }
    }

    private func add(_ text: String, _ job: TrainingJob?) { lines.withLock { $0.append((text, job)) } }

    /// Without what is said twice in a row.
    var states: [String] {
        lines.withLock { $0.map(\.text) }.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }
    var progress: [TrainingProgress] { lines.withLock { $0.compactMap { $0.job?.progress } } }
}

/// A queue that works with the fake program, and is gone with its thread when the body is over.
func withQueue(
    _ fake: FakeProgram, adjust: (inout TrainingQueue.Settings) -> Void = { _ in },
    _ body: (TrainingQueue, Told) async throws -> Void
) async throws {
    var settings = TrainingQueue.Settings(
        folder: fake.jobs, program: fake.path, environment: ["PATH": "/usr/bin:/bin"])
    settings.limits.freeBytes = 0
    settings.period = .milliseconds(20)
    settings.patience = .seconds(10)
    settings.doubt = .milliseconds(50)
    adjust(&settings)
    let told = Told()
    let queue = TrainingQueue(settings) { told.hear($0) }
    await queue.start()
    do {
        try await body(queue, told)
    } catch {
        await queue.stop()
        queue.executor.stop()
        throw error
    }
    await queue.stop()
    queue.executor.stop()
}

/// Waits for a condition.
func eventually(
    _ what: String, within limit: Duration = .seconds(20), _ condition: () async throws -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    try #require(try await condition(), "\(what) within \(limit)", sourceLocation: sourceLocation)
}

extension TrainingQueue {
    func state(_ id: Int64) throws -> TrainingJob.State { try job(id).state }
}
