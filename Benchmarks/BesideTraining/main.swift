// How late notes are while a genre is trained beside the band, in one run, the conditions taking turns.
//   beside-training [ROUNDS] [DATA]   8 rounds unless told otherwise; with DATA, `continuo train` (beside this program) learns from it,
//                                     else this program keeps every core and the caches busy in its place
// Three conditions: alone; beside a job of the daemon's queue, as it runs; beside the same work as an ordinary process.
import Foundation
import TrainingJobs

if CommandLine.arguments.dropFirst().first == "train" { Work.seemToTrain(CommandLine.arguments) }
if CommandLine.arguments.dropFirst().first == "work" { Work.forever() }

let rounds = CommandLine.arguments.count > 1 ? max(1, Int(CommandLine.arguments[1]) ?? 8) : 8
let data = CommandLine.arguments.count > 2 ? CommandLine.arguments[2] : nil
let seconds = 3.0
/// A line at once: figures are followed as they come.
func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

/// How many threads want a processor, over the last minute: figures of a busy machine say little.
var load: String {
    let text = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
    return text.split(separator: " ").first.map(String.init) ?? "?"
}

let trainer = try Trainer(data: data)
var figures: [Condition: Figures] = [:]
let stage = Stage()
say(
    "threads of the transport: \(stage.scheduling); \(ProcessInfo.processInfo.activeProcessorCount) cores; \(trainer.name)"
)
_ = stage.play(seconds: 0.5)
for round in 0..<rounds {
    // Each condition comes first, second and last equally often.
    for step in Condition.allCases.indices {
        let condition = Condition.allCases[(round + step) % Condition.allCases.count]
        try await trainer.arrange(condition)
        figures[condition, default: Figures()].add(stage.play(seconds: seconds))
        try await trainer.arrange(.alone)
    }
    say("round \(round + 1) of \(rounds) played; load \(load)")
}
await trainer.end()
stage.close()

say(
    "\nmicroseconds late".padding(toLength: 57, withPad: " ", startingAt: 0)
        + "   notes   median      99%    99.9%    worst")
for (what, times) in Figures.rows {
    for condition in Condition.allCases {
        guard let lateness = figures[condition].map(times)?.sorted(), !lateness.isEmpty else { continue }
        func at(_ part: Double) -> String {
            let value = lateness[min(lateness.count - 1, Int(part * Double(lateness.count)))]
            return String(format: "%9.1f", Double(value) / 1000)
        }
        let count = String(format: "%8d", lateness.count)
        say(
            "\("\(what), \(condition.rawValue)".padding(toLength: 56, withPad: " ", startingAt: 0))\(count)\(at(0.5))\(at(0.99))\(at(0.999))\(at(1))"
        )
    }
}
