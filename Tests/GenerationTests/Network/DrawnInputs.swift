import Foundation
import Generation
import Music
import Tensor

/// Weights and inputs that `scripts/reference/network_reference.py` draws from the same numbers.
enum DrawnInputs {
    private static func stream(_ name: String) -> Draws {
        var seed: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 { seed = (seed ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Draws(seed: seed)
    }

    static func weights(_ shapes: [WeightShape]) -> Parameters {
        let parameters = Parameters()
        for shape in shapes {
            let inputs = shape.shape.count > 1 ? shape.shape.dropFirst().reduce(1, *) : 16
            var draws = stream(shape.name)
            let values = (0..<shape.shape.reduce(1, *)).map { _ in
                Float((2 * draws.uniform() - 1) / Double(inputs).squareRoot())
            }
            parameters.add(shape.name, Tensor(values, shape: shape.shape))
        }
        parameters.isFrozen = true
        return parameters
    }

    static func planes(_ name: String, _ shape: [Int], share: Double) -> Tensor {
        var draws = stream(name)
        let values = (0..<shape.reduce(1, *)).map { _ in draws.uniform() < share ? Float(1) : 0 }
        return Tensor(values, shape: shape)
    }

    static let condition = planes(
        "condition", [1, ScoreLayout.windowSteps, ConditionEncoder.channels], share: 0.1)
    static let melody = planes("melody", [1, ScoreLayout.beatsPerWindow, PlanEncoder.channels], share: 0.25)
    static let code: Tensor = {
        var draws = stream("code")
        return Tensor(
            (0..<GeneratorNetwork.codeSize).map { _ in Float(4 * draws.uniform() - 2) },
            shape: [1, GeneratorNetwork.codeSize])
    }()

    /// A file of the source tree; nil where it is not there.
    static func file(_ path: String) -> [UInt8]? {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        return (try? Data(contentsOf: root.appendingPathComponent(path))).map { [UInt8]($0) }
    }
}
