// How fast training steps are.
//   swift run -c release training-benchmark [ROUNDS]       this program alone, on one thread and on two
//   swift run -c release training-benchmark serve          obeys the lines of compare.py, which measures PyTorch beside it
import Foundation
import Tensor
import Training

/// A line at once: figures are followed as they come.
func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.first == "serve" {
    try Server().run()
} else {
    let rounds = arguments.first.flatMap { Int($0) } ?? 5
    let steps = try Steps()
    say("instruction set \(InstructionSet.current.rawValue), batch \(Steps.batch), medians of \(rounds) rounds")
    for stage in Stage.allCases {
        for threads in 1...2 {
            Workers.use(threads)
            _ = try steps.take(stage, 1)
            let times = try (0..<rounds).map { _ in try steps.take(stage, 2) }
            func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
            let (wall, processor) = (median(times.map(\.wall)), median(times.map(\.processor)))
            let figures = String(
                format: "%.1f ms a step, %.1f ms of processors, %.0f samples/s", wall * 1000, processor * 1000,
                Double(Steps.batch) / wall)
            say("\(stage.rawValue), threads \(threads): \(figures)")
        }
    }
}
