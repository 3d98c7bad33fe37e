import ArgumentParser
import ConsoleAPI
import Foundation
import Generation
import Music
import Tensor

extension ModelsCommand {
    /// `continuo models export`: the networks for other programs.
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a model's networks as ONNX files, for other programs.",
            discussion: """
                NAME.onnx is the generator: condition [batch, 192, \(ConditionEncoder.channels)] and code [batch, \(GeneratorNetwork.codeSize)] in, logits [batch, 192, \(ScoreCodec.headChannels)] out. With \
                --plan the chord head is written: melody [batch, 16, \(PlanEncoder.channels)] in, logits [batch, 8, 84] out. What the channels mean \
                stands in Sources/Generation. The card travels as the file's properties.
                """)

        @OptionGroup var options: Options
        @Argument(help: "Genre, such as pop, or a model file.") var genre: String
        @Option(name: .shortAndLong, help: "ONNX file to write.", completion: .file(extensions: ["onnx"])) var output:
            String
        @Flag(help: "The chord head instead of the generator.") var plan = false
        @Option(
            help: "Folder to write inputs and our results into, to compare another program with (scripts/onnx-check).",
            completion: .directory) var check: String?

        /// What was written, for programs.
        private struct Report: Encodable {
            var file: String
            var network: String
            var bytes: Int
        }

        func run() throws {
            let model = try chosen()
            let network =
                plan ? model.onnxPlan(version: continuoVersion) : model.onnxGenerator(version: continuoVersion)
            try writeFile(network.file, to: output)
            if let check { try writeCheck(network, into: check) }
            if options.json {
                return try printJSON(Report(file: output, network: network.name, bytes: network.file.count))
            }
            let inputs = network.inputs.map { "\($0.name) \(Self.shape($0.shape))" }.joined(separator: ", ")
            print(
                "\(output): the \(network.name), \(inputs) to \(network.output.name) \(Self.shape(network.output.shape))"
            )
        }

        private static func shape(_ sizes: [Int]) -> String {
            "[batch, \(sizes.map { "\($0)" }.joined(separator: ", "))]"
        }

        private func chosen() throws -> GenreModel {
            if genre.hasSuffix(".safetensors") { return try readModel(genre) }
            guard let name = Genre(rawValue: genre), let model = options.folders.model(of: name).model else {
                throw fail(
                    "there is no model for '\(genre)'; \"continuo models\" lists them, and a file ends with .safetensors",
                    ExitReason.noInput)
            }
            return model
        }

        /// Three samples at a time: planes that are mostly zero, as those of notes are, and codes as styles have them.
        private func writeCheck(_ network: GenreModel.ONNXNetwork, into folder: String) throws {
            let batch = 3
            var random = SeededRandom(seed: 1)
            var inputs: [String: [Float]] = [:]
            for input in network.inputs {
                let count = batch * input.shape.reduce(1, *)
                let values = random.gaussian(shape: [count]).values
                inputs[input.name] = input.shape.count == 1 ? values : values.map { $0 > 1.3 ? 1 : 0 }
            }
            do {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            } catch { throw fail("cannot make \(folder): \(error.localizedDescription)", ExitReason.cannotWrite) }
            func write(_ name: String, _ shape: [Int], _ values: [Float]) throws {
                let path =
                    "\(folder)/\(([network.name, name] + ([batch] + shape).map { "\($0)" }).joined(separator: "-")).f32"
                try writeFile(
                    values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } },
                    to: path)
            }
            for input in network.inputs { try write(input.name, input.shape, inputs[input.name] ?? []) }
            try write(network.output.name, network.output.shape, network.result(inputs, batch))
        }
    }
}
