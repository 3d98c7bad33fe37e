import Foundation

/// A program that behaves like `continuo` as far as a job sees it, told by files in a folder what to do.
public final class FakeTrainer: Sendable {
    public let folder: String
    public var path: String { "\(folder)/continuo" }
    public var jobs: String { "\(folder)/jobs" }
    /// A file of lead sheets.
    public var data: String { "\(folder)/songs.jsonl" }

    public init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("tj-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try write(Self.script, to: "continuo")
        try write("{}\n", to: "songs.jsonl")
        chmod(path, 0o755)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    public func write(_ text: String, to name: String) throws {
        let file = URL(fileURLWithPath: "\(folder)/\(name)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file, options: .atomic)
    }

    public func read(_ name: String) -> String {
        (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)) ?? ""
    }
    public func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(name)") }
    public func remove(_ name: String) { try? FileManager.default.removeItem(atPath: "\(folder)/\(name)") }

    /// What it was called with, a line a call, without the folder's name.
    public var calls: [String] {
        read("calls").replacing(folder, with: "").split(separator: "\n").map(String.init)
    }

    /// The words that the calls begin with.
    public var stages: [String] {
        calls.map { $0.split(separator: " ").prefix(2).joined(separator: " ") }.map { words in
            words.hasPrefix("train") ? "train" : words
        }
    }

    /// `hold-STAGE` lets a stage wait while it is there, `fail-STAGE` lets it fail with what is written in it; `stubborn` lets the
    /// trainer take no notice of signals. `model` and `evaluation` become the run's where they are there.
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
            if [ -e "$here/model" ]; then cp "$here/model" "$run/model.safetensors"
            else echo model > "$run/model.safetensors"; fi
            ;;
        evaluate)
            hold evaluate
            fail evaluate
            cat "$run" 2>/dev/null
            if [ -e "$here/evaluation" ]; then cp "$here/evaluation" "$json"; else echo "{}" > "$json"; fi
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
