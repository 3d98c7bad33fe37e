import Music
import Tensor

extension GenreModel {
    /// What another program may run: a network's ONNX file, with its inputs and its result.
    public struct ONNXNetwork {
        public var name: String
        public var file: [UInt8]
        /// Names and shapes without the batch.
        public var inputs: [(name: String, shape: [Int])]
        public var output: (name: String, shape: [Int])
        /// The result by our own engine.
        ///
        /// - Parameter inputs: by name, `[batch] + shape`, the last axis fastest.
        public let result: (_ inputs: [String: [Float]], _ batch: Int) -> [Float]
    }

    /// The generator as an ONNX file: `condition [batch, 192, channels]` and `code [batch, 24]` in, `logits [batch, 192, heads]` out
    /// (`ConditionEncoder` and `ScoreCodec` say what the channels are).
    ///
    /// The window is fixed, since the normalisation runs over its time.
    public func onnxGenerator(version: String) -> ONNXNetwork {
        let steps = ScoreLayout.windowSteps
        let shapes = (condition: [steps, ConditionEncoder.channels], code: [GeneratorNetwork.codeSize])
        var builder = NetworkBuilder(weights: weights)
        let condition = builder.graph.input("condition", [0] + shapes.condition)
        let code = builder.graph.input("code", [0] + shapes.code)
        let w = card.widths
        let levels = [steps, steps / 3, steps / 12, steps / 48]
        func down(_ index: Int, _ x: String, _ channels: Int, kernel: Int) -> String {
            builder.block("generator.down\(index)", x, code: code, channels, levels[index], kernel: kernel)
        }
        func rise(_ index: Int, _ x: String, skip: String, stride: Int, _ channels: Int) -> String {
            let wider = builder.convolution(
                "generator.rise\(index)", x, kernel: stride, stride: stride, isTransposed: true)
            let sum = builder.graph.add("Add", [wider, skip])
            return builder.block("generator.up\(index - 1)", sum, code: code, channels, levels[index - 1], kernel: 5)
        }
        let first = builder.convolution("generator.input", builder.inside(condition), kernel: 1)
        let atSteps = down(0, first, w.step, kernel: 5)
        let atSixteenths = down(
            1, builder.convolution("generator.stride1", atSteps, kernel: 3, stride: 3), w.sixteenth, kernel: 5)
        let atBeats = down(
            2, builder.convolution("generator.stride2", atSixteenths, kernel: 4, stride: 4), w.beat, kernel: 3)
        let atBars = down(3, builder.convolution("generator.stride3", atBeats, kernel: 4, stride: 4), w.bar, kernel: 3)
        var h = rise(3, atBars, skip: atBeats, stride: 4, w.beat)
        h = rise(2, h, skip: atSixteenths, stride: 4, w.sixteenth)
        h = rise(1, h, skip: atSteps, stride: 3, w.step)
        h = builder.block("generator.last", h, code: code, w.step, steps, kernel: 5)
        h = builder.convolution("generator.head", h, kernel: 1)
        builder.outside(h, named: "logits")
        let output = [steps, ScoreCodec.headChannels]
        builder.graph.output("logits", [0] + output)
        return ONNXNetwork(
            name: "generator", file: builder.graph.encoded(name: "generator", version: version, notes: card.metadata),
            inputs: [("condition", shapes.condition), ("code", shapes.code)], output: ("logits", output)
        ) { [self] inputs, batch in
            let tape = Tape(recording: false)
            return generator(
                tape, weights,
                condition: tape.constant(Tensor(inputs["condition"] ?? [], shape: [batch] + shapes.condition)),
                code: tape.constant(Tensor(inputs["code"] ?? [], shape: [batch] + shapes.code))
            ).value.values
        }
    }

    /// The chord head as an ONNX file: `melody [batch, 16, channels]` in, `logits [batch, 8, 84]` out (`PlanEncoder`).
    public func onnxPlan(version: String) -> ONNXNetwork {
        let shape = [16, PlanEncoder.channels]
        var builder = NetworkBuilder(weights: weights)
        let melody = builder.graph.input("melody", [0] + shape)
        let width = PlanNetwork.width
        var h = builder.convolution("plan.input", builder.inside(melody), kernel: 1)
        for index in 0..<2 { h = builder.block("plan.beat\(index)", h, code: nil, width, 16, kernel: 5) }
        h = builder.convolution("plan.stride", h, kernel: 2, stride: 2)
        h = builder.block("plan.half", h, code: nil, width, 8, kernel: 3)
        builder.outside(builder.convolution("plan.head", h, kernel: 1), named: "logits")
        builder.graph.output("logits", [0, 8, Chord.count])
        return ONNXNetwork(
            name: "plan", file: builder.graph.encoded(name: "plan", version: version, notes: card.metadata),
            inputs: [("melody", shape)], output: ("logits", [8, Chord.count])
        ) { [self] inputs, batch in
            let tape = Tape(recording: false)
            return plan(
                tape, weights, melody: tape.constant(Tensor(inputs["melody"] ?? [], shape: [batch] + shape))
            ).value.values
        }
    }
}

/// The layers of our networks in ONNX's operations.
private struct NetworkBuilder {
    let weights: Parameters
    var graph = ONNXGraph()

    init(weights: Parameters) { self.weights = weights }

    private mutating func weight(_ name: String) -> String {
        let value = weights[name].value
        return graph.weight(name, value.values, value.shape)
    }

    /// `[batch, time, channels]` as the operations want it.
    mutating func inside(_ x: String) -> String { graph.add("Transpose", [x], [("perm", .ints([0, 2, 1]))]) }

    mutating func outside(_ x: String, named name: String) {
        _ = graph.add("Transpose", [x], [("perm", .ints([0, 2, 1]))], named: name)
    }

    /// For an even kernel the extra zero is at the end, as in `Tape.conv1d`.
    mutating func convolution(_ name: String, _ x: String, kernel: Int, stride: Int = 1, isTransposed: Bool = false)
        -> String
    {
        let before = stride == 1 ? (kernel - 1) / 2 : 0
        let after = stride == 1 ? kernel - 1 - before : 0
        return graph.add(
            isTransposed ? "ConvTranspose" : "Conv", [x, weight("\(name).weight"), weight("\(name).bias")],
            [("kernel_shape", .ints([kernel])), ("strides", .ints([stride])), ("pads", .ints([before, after]))])
    }

    /// `ResidualBlock`.
    mutating func block(_ name: String, _ x: String, code: String?, _ channels: Int, _ time: Int, kernel: Int) -> String
    {
        var h = groupNorm(x, channels, time)
        if let code {
            let modulation = graph.add(
                "Gemm", [code, weight("\(name).film.weight"), weight("\(name).film.bias")], [("transB", .int(1))])
            let gain = column(slice(modulation, 0, channels))
            h = graph.add("Mul", [h, graph.add("Add", [gain, graph.scalar(1)])])
            h = graph.add("Add", [h, column(slice(modulation, channels, 2 * channels))])
        } else {
            h = graph.add("Mul", [h, graph.add("Unsqueeze", [weight("\(name).norm.weight"), graph.integers([1])])])
            h = graph.add("Add", [h, graph.add("Unsqueeze", [weight("\(name).norm.bias"), graph.integers([1])])])
        }
        h = gelu(convolution("\(name).conv", gelu(h), kernel: kernel))
        return graph.add("Add", [x, convolution("\(name).mix", h, kernel: 1)])
    }

    /// Eight groups: instance normalisation of the groups as if each were a channel.
    private mutating func groupNorm(_ x: String, _ channels: Int, _ time: Int) -> String {
        let groups = 8
        let together = graph.add("Reshape", [x, graph.integers([0, groups, -1])])
        let ones = graph.weight("ones", [Float](repeating: 1, count: groups), [groups])
        let zeros = graph.weight("zeros", [Float](repeating: 0, count: groups), [groups])
        let normal = graph.add("InstanceNormalization", [together, ones, zeros], [("epsilon", .float(1e-5))])
        return graph.add("Reshape", [normal, graph.integers([0, channels, time])])
    }

    private mutating func slice(_ x: String, _ start: Int, _ end: Int) -> String {
        graph.add("Slice", [x, graph.integers([start]), graph.integers([end]), graph.integers([1])])
    }

    /// `[batch, channels, 1]`.
    private mutating func column(_ x: String) -> String { graph.add("Unsqueeze", [x, graph.integers([2])]) }

    /// The tanh form, which operator set 17 has not as one operation.
    private mutating func gelu(_ x: String) -> String {
        let cube = graph.add("Mul", [graph.add("Mul", [x, x]), x])
        let inner = graph.add("Add", [x, graph.add("Mul", [cube, graph.scalar(0.044715)])])
        let curve = graph.add("Tanh", [graph.add("Mul", [inner, graph.scalar(0.797_884_56)])])
        return graph.add(
            "Mul", [graph.add("Mul", [x, graph.scalar(0.5)]), graph.add("Add", [curve, graph.scalar(1)])])
    }
}
