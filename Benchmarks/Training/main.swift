// How fast training steps are.
//   swift run -c release training-benchmark [ROUNDS]       this program alone, on one thread and on two
//   mpirun -np 2 training-benchmark exchange [ROUNDS]      with the trait MPI: what processes that train together tell each other
//   swift run -c release training-benchmark serve          obeys the lines of compare.py, which measures PyTorch beside it
import Foundation
import Tensor
import Training

/// A line at once: figures are followed as they come.
func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.first == "serve" {
    try Server().run()
} else if arguments.first == "exchange" {
    #if MPI
        try Exchange.run(rounds: arguments.dropFirst().first.flatMap { Int($0) } ?? 200)
    #else
        say("this program is built without MPI: swift build -c release --traits MPI --product training-benchmark")
        exit(69)
    #endif
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
