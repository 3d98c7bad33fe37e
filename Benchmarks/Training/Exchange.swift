#if MPI
    import Foundation
    import MessagePassing
    import Tensor
    import Training

    /// What training by several processes costs beside the steps: run under `mpirun`.
    enum Exchange {
        static func run(rounds: Int) throws {
            let communicator = try MPICommunicator()
            defer { communicator.leave() }
            /// Best and median milliseconds of `body`, on rank 0.
            func measure(_ body: () -> Void) -> String {
                var times = (0..<rounds).map { _ in
                    _ = communicator.gather([0])
                    let began = ContinuousClock.now
                    body()
                    return (ContinuousClock.now - began) / .milliseconds(1)
                }
                times.sort()
                return String(format: "best %.3f ms, median %.3f ms", times[0], times[rounds / 2])
            }
            func tell(_ text: String) { if communicator.rank == 0 { say(text) } }

            let steps = try Steps()
            let file = try Safetensors(bytes: steps.trainer(.reconstruction).checkpoint())
            func weights(_ prefix: String) -> Int {
                file.names.filter {
                    $0.hasPrefix(prefix + "exp_avg") || ($0.hasPrefix(prefix) && $0.hasSuffix(".exp_avg"))
                }
                .reduce(0) { $0 + (file.shape(of: $1)?.reduce(1, *) ?? 0) }
            }
            tell("\(communicator.count) processes, \(rounds) rounds")
            for (name, prefix) in [
                ("chord head", "optimizer.plan."), ("generator and style encoder", "optimizer.generator."),
                ("discriminator", "optimizer.critic."),
            ] {
                var row = [Float](repeating: 1, count: weights(prefix))
                let time = measure { row.withUnsafeMutableBufferPointer { communicator.sum($0) } }
                tell("gradients of the \(name), \(row.count) floats: \(time)")
            }
            tell("a sum of one number: \(measure { _ = communicator.gather([1]) })")
            // What an adversarial step draws for 32 windows of another process: hard samples of 192 steps and 216 channels, three times.
            let tape = Tape(share: BatchShare(samples: 0..<1, of: 1 + 3 * 32) { $0 })
            let window = tape.constant(Tensor(shape: [1, 192, 216]))
            var random = SeededRandom(seed: 1)
            let time = measure { _ = tape.dropout(window, probability: 0.5, using: &random) }
            tell("passing over the draws of another process: \(time)")
        }
    }
#endif
