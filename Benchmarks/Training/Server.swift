import Foundation
import Tensor
import Training

/// Takes steps when it is told to on standard input, so that another program's rounds can lie between.
///
/// | line | answer |
/// | --- | --- |
/// | `threads N` | `ok` |
/// | `take STAGE COUNT` | seconds a step by the clock, and of the processors |
/// | `example FILE` | takes the first reconstruction step; FILE holds its weights and its batch; answers the losses |
struct Server {
    private let steps: Steps

    init() throws { steps = try Steps() }

    func run() throws {
        say("ready \(InstructionSet.current.rawValue)")
        while let line = readLine() {
            let words = line.split(separator: " ").map(String.init)
            switch words.first {
            case "threads":
                Workers.use(Int(words[1])!)
                say("ok")
            case "take":
                let times = try steps.take(Stage(rawValue: words[1])!, Int(words[2])!)
                say("\(times.wall) \(times.processor)")
            case "example":
                try example(words[1])
            default:
                say("unknown line: \(line)")
            }
        }
    }

    private func example(_ path: String) throws {
        let trainer = steps.trainer(.reconstruction)
        precondition(trainer.step == 0, "the example is the first step")
        var file = try Safetensors(bytes: trainer.checkpoint())
        let order = steps.windows.order(epoch: 0).prefix(Steps.batch)
        let batch = steps.windows.batch(Array(order), epoch: 0)
        func planes(_ name: String, _ values: [Float]) {
            file.set("batch." + name, Tensor(values, shape: [batch.count, 192, values.count / batch.count / 192]))
        }
        planes("condition", batch.condition)
        planes("mask", batch.mask)
        planes("drums", batch.drums)
        planes("drumVelocities", batch.drumVelocities)
        planes("gates", batch.gates.map(Float.init))
        planes("pitches", batch.pitches)
        planes("velocities", batch.velocities)
        planes("style", batch.style)
        // The noise of the style codes: what the first step draws first (`GANTrainer`).
        var random = SeededRandom(seed: trainer.configuration.seed &* 0x9e37_79b9_7f4a_7c15 ^ 2 << 60)
        file.set("example.noise", random.gaussian(shape: [batch.count, 24]))
        try Data(file.encoded()).write(to: URL(fileURLWithPath: path))
        let record = try trainer.advance()
        let losses = [
            record.generator, record.drums, record.gates, record.pitches, record.velocities, record.divergence,
            record.gradientNorm,
        ]
        say(losses.map { "\($0 ?? .nan)" }.joined(separator: " "))
    }
}
