import Tensor
import Testing

struct CheckpointTests {
    /// A small training run with random numbers in every step.
    private final class Run {
        let weights = Parameters()
        let optimizer: AdamW
        var random = SeededRandom(seed: 11)

        init() {
            weights.addConvolution("conv", in: 3, out: 8, kernel: 3, using: &random)
            weights.addSpectralNorm("conv", using: &random)
            weights.addGroupNorm("norm", channels: 8)
            optimizer = AdamW(weights, beta2: 0.99)
        }

        func step() {
            let tape = Tape()
            let x = tape.constant(random.gaussian(shape: [2, 6, 3]))
            let w = tape.spectralNorm(weights["conv.weight"], u: weights["conv.weight_u"], v: weights["conv.weight_v"])
            let h = tape.groupNorm(
                tape.conv1d(x, w, weights["conv.bias"]), groups: 2, weight: weights["norm.weight"],
                bias: weights["norm.bias"])
            let y = tape.dropout(tape.gelu(h), probability: 0.3, using: &random)
            tape.backward(tape.mean(tape.multiply(y, y)))
            weights.clipGradientNorm(to: 1)
            optimizer.step(rate: 0.01)
            weights.clearGradients()
        }

        func save() -> [UInt8] {
            var file = Safetensors()
            weights.store(in: &file, prefix: "model.")
            optimizer.store(in: &file)
            file.set("random", random)
            return file.encoded()
        }

        func restore(_ bytes: [UInt8]) throws {
            let file = try Safetensors(bytes: bytes)
            try weights.load(from: file, prefix: "model.")
            try optimizer.load(from: file)
            random = try file.random("random")
        }
    }

    @Test func resumedRunHasTheSameBitsAsAnUninterruptedOne() throws {
        let whole = Run()
        for _ in 0..<3 { whole.step() }
        let resumed = Run()
        try resumed.restore(whole.save())
        for _ in 0..<4 {
            whole.step()
            resumed.step()
        }
        #expect(resumed.save() == whole.save())
        #expect(resumed.optimizer.steps == 7)
    }

    @Test func sameSeedGivesTheSameRun() {
        let (a, b) = (Run(), Run())
        for _ in 0..<3 {
            a.step()
            b.step()
        }
        #expect(a.save() == b.save())
    }

    @Test func fileOfAnotherNetworkIsRefusedAndChangesNothing() throws {
        let run = Run()
        let before = run.save()
        var file = Safetensors()
        run.weights.store(in: &file)
        file.set("norm.bias", Tensor(shape: [9]))
        #expect(throws: SafetensorsError.wrongShape(name: "norm.bias", found: [9], expected: [8])) {
            try run.weights.load(from: file)
        }
        #expect(throws: SafetensorsError.missing(name: "other.conv.weight")) {
            try run.weights.load(from: file, prefix: "other.")
        }
        #expect(run.save() == before)
    }

    @Test func weightsThatAreNotFiniteAreRefused() {
        let run = Run()
        var file = Safetensors()
        run.weights.store(in: &file)
        file.set("conv.bias", Tensor([0, 0, 0, .nan, 0, 0, 0, 0], shape: [8]))
        #expect(throws: SafetensorsError.notFinite(name: "conv.bias")) { try run.weights.load(from: file) }
    }
}
