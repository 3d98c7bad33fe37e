import Foundation
import Music
import Tensor
import Testing

@testable import Generation

/// The engine's networks against outputs that PyTorch computed (`scripts/reference/network_reference.py`).
///
/// Agreement is demanded to 1e-5 of the largest output, on every instruction set of this machine.
struct ReferenceOutputTests {
    @Test(arguments: InstructionSet.available)
    func smallNetworksComputeWhatTheReferenceSays(_ set: InstructionSet) throws {
        let bytes = try #require(DrawnInputs.file("Tests/GenerationTests/Fixtures/networks.safetensors"))
        let fixture = try Safetensors(bytes: bytes)
        let network = GeneratorNetwork(widths: .init(step: 16, sixteenth: 24, beat: 32, bar: 40))
        let plan = PlanNetwork()
        let weights = DrawnInputs.weights(network.shapes + plan.shapes)
        let score = try fixture.tensor("generator", shape: [ScoreLayout.windowSteps, ScoreCodec.headChannels])
        let chords = try fixture.tensor("plan", shape: [ScoreLayout.planSlots, Chord.count])
        let answer = answers(network, plan, weights, set)
        expect(answer.score, score.values, scale: scale(score.values))
        expect(answer.chords, chords.values, scale: scale(chords.values))
    }

    @Test(arguments: InstructionSet.available)
    func theShippedModelPlaysAsTheReferenceSays(_ set: InstructionSet) throws {
        let model = try GenreModel(bytes: #require(DrawnInputs.file("models/pop.safetensors")))
        let fixture = try Safetensors(
            bytes: #require(DrawnInputs.file("Tests/GenerationTests/Fixtures/pop.safetensors")))
        #expect(fixture.metadata["model"] == model.hash, "the fixture is of another model: run the script again")
        let answer = answers(model.generator, model.plan, model.weights, set)
        let scales = try fixture.tensor("scales", shape: [2])
        for (name, values, scale) in [("generator", answer.score, scales[0]), ("plan", answer.chords, scales[1])] {
            let places = try fixture.integers("\(name).places")
            let expected = try fixture.tensor(name, shape: [places.count])
            expect(places.map { values[Int($0)] }, expected.values, scale: scale)
        }
    }

    private func answers(
        _ generator: GeneratorNetwork, _ plan: PlanNetwork, _ weights: Parameters, _ set: InstructionSet
    ) -> (score: [Float], chords: [Float]) {
        let tape = Tape(recording: false, instructionSet: set)
        let score = generator(
            tape, weights, condition: tape.constant(DrawnInputs.condition), code: tape.constant(DrawnInputs.code))
        let chords = plan(tape, weights, melody: tape.constant(DrawnInputs.melody))
        return (score.value.values, chords.value.values)
    }

    private func scale(_ values: [Float]) -> Float { values.map(\.magnitude).max() ?? 0 }

    private func expect(
        _ found: [Float], _ expected: [Float], scale: Float, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(found.count == expected.count, sourceLocation: sourceLocation)
        #expect(scale > 0.1, sourceLocation: sourceLocation)
        let error = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
        #expect(error < 1e-5 * scale, "of a scale of \(scale)", sourceLocation: sourceLocation)
    }
}
