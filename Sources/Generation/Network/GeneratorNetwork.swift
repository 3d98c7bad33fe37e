import Tensor

/// The convolutional generator: a melody with its chord plan and a style code in, every part's score out.
///
/// A one-dimensional U-Net over the 192 steps of four bars. Its strides are musical: 3 steps a sixteenth, 4 sixteenths a
/// beat, 4 beats a bar. Skips are added. The style code modulates every block (Perez et al. 2018).
public struct GeneratorNetwork: Sendable {
    /// Channels at the step, sixteenth, beat and bar levels; each divisible by 8.
    public struct Widths: Hashable, Sendable {
        public var step, sixteenth, beat, bar: Int
        public init(step: Int, sixteenth: Int, beat: Int, bar: Int) {
            self.step = step
            self.sixteenth = sixteenth
            self.beat = beat
            self.bar = bar
        }
        public static let standard = Widths(step: 64, sixteenth: 96, beat: 128, bar: 160)
    }

    /// Size of the style code.
    public static let codeSize = 24

    public let widths: Widths
    private let down: [ResidualBlock]
    private let up: [ResidualBlock]
    private let last: ResidualBlock

    public init(widths: Widths = .standard) {
        self.widths = widths
        let code = Self.codeSize
        down = [
            ResidualBlock(name: "generator.down0", channels: widths.step, kernel: 5, code: code),
            ResidualBlock(name: "generator.down1", channels: widths.sixteenth, kernel: 5, code: code),
            ResidualBlock(name: "generator.down2", channels: widths.beat, kernel: 3, code: code),
            ResidualBlock(name: "generator.down3", channels: widths.bar, kernel: 3, code: code),
        ]
        up = [
            ResidualBlock(name: "generator.up2", channels: widths.beat, kernel: 5, code: code),
            ResidualBlock(name: "generator.up1", channels: widths.sixteenth, kernel: 5, code: code),
            ResidualBlock(name: "generator.up0", channels: widths.step, kernel: 5, code: code),
        ]
        last = ResidualBlock(name: "generator.last", channels: widths.step, kernel: 5, code: code)
    }

    /// Every weight, in the order of use.
    public var shapes: [WeightShape] {
        let w = widths
        var shapes = WeightShape.convolution(
            "generator.input", from: ConditionEncoder.channels, to: w.step, kernel: 1)
        shapes += down[0].shapes
        shapes += WeightShape.convolution("generator.stride1", from: w.step, to: w.sixteenth, kernel: 3)
        shapes += down[1].shapes
        shapes += WeightShape.convolution("generator.stride2", from: w.sixteenth, to: w.beat, kernel: 4)
        shapes += down[2].shapes
        shapes += WeightShape.convolution("generator.stride3", from: w.beat, to: w.bar, kernel: 4)
        shapes += down[3].shapes
        shapes += WeightShape.transposed("generator.rise3", from: w.bar, to: w.beat, kernel: 4)
        shapes += up[0].shapes
        shapes += WeightShape.transposed("generator.rise2", from: w.beat, to: w.sixteenth, kernel: 4)
        shapes += up[1].shapes
        shapes += WeightShape.transposed("generator.rise1", from: w.sixteenth, to: w.step, kernel: 3)
        shapes += up[2].shapes + last.shapes
        return shapes
            + WeightShape.convolution("generator.head", from: w.step, to: ScoreCodec.headChannels, kernel: 1)
    }

    /// - Parameters:
    ///   - condition: `[batch, 192, ConditionEncoder.channels]`
    ///   - code: `[batch, 24]`
    /// - Returns: logits `[batch, 192, ScoreCodec.headChannels]`
    public func callAsFunction(
        _ tape: Tape, _ weights: Parameters, condition: Variable, code: Variable
    ) -> Variable {
        func conv(_ name: String, _ x: Variable, stride: Int = 1) -> Variable {
            tape.conv1d(
                x, weights["generator.\(name).weight"], weights["generator.\(name).bias"], stride: stride)
        }
        func rise(_ name: String, _ x: Variable, skip: Variable) -> Variable {
            let wider = tape.convTranspose1d(
                x, weights["generator.\(name).weight"], weights["generator.\(name).bias"])
            return tape.add(wider, skip)
        }
        let steps = down[0](tape, weights, conv("input", condition), code: code)
        let sixteenths = down[1](tape, weights, conv("stride1", steps, stride: 3), code: code)
        let beats = down[2](tape, weights, conv("stride2", sixteenths, stride: 4), code: code)
        let bars = down[3](tape, weights, conv("stride3", beats, stride: 4), code: code)
        var h = up[0](tape, weights, rise("rise3", bars, skip: beats), code: code)
        h = up[1](tape, weights, rise("rise2", h, skip: sixteenths), code: code)
        h = up[2](tape, weights, rise("rise1", h, skip: steps), code: code)
        return conv("head", last(tape, weights, h, code: code))
    }
}
