import Music
import Tensor
import Testing

@testable import Generation

/// Exported networks, read back field by field; ONNX Runtime itself runs them in scripts/onnx-check.
struct ONNXTests {
    /// Reads a message of protocol buffers: its fields with numbers or bytes.
    private struct Message {
        var fields: [(number: Int, value: UInt64, bytes: [UInt8])] = []

        init?(_ bytes: [UInt8]) {
            var place = 0
            func variable() -> UInt64? {
                var value: UInt64 = 0
                var shift: UInt64 = 0
                while place < bytes.count, shift < 64 {
                    let byte = bytes[place]
                    place += 1
                    value |= UInt64(byte & 127) << shift
                    if byte < 128 { return value }
                    shift += 7
                }
                return nil
            }
            while place < bytes.count {
                guard let key = variable() else { return nil }
                switch key & 7 {
                case 0:
                    guard let value = variable() else { return nil }
                    fields.append((Int(key >> 3), value, []))
                case 2:
                    guard let length = variable(), place + Int(length) <= bytes.count else { return nil }
                    fields.append((Int(key >> 3), 0, Array(bytes[place..<place + Int(length)])))
                    place += Int(length)
                case 5:
                    guard place + 4 <= bytes.count else { return nil }
                    fields.append((Int(key >> 3), 0, Array(bytes[place..<place + 4])))
                    place += 4
                default: return nil
                }
            }
        }

        func all(_ number: Int) -> [[UInt8]] { fields.filter { $0.number == number }.map(\.bytes) }
        func texts(_ number: Int) -> [String] { all(number).map { String(decoding: $0, as: UTF8.self) } }
        func values(_ number: Int) -> [Int] { fields.filter { $0.number == number }.map { Int($0.value) } }
        func message(_ number: Int) -> Message? { all(number).first.flatMap(Message.init) }
    }

    private static func model() throws -> GenreModel {
        try GenreModel(
            bytes: GenreModel.encode(
                card: SmallModel.card, weights: SmallModel.weights(), styles: SmallModel.styles, precision: .float32))
    }

    private func graph(_ network: GenreModel.ONNXNetwork) throws -> Message {
        let file = try #require(Message(network.file))
        #expect(file.values(1) == [8] && file.texts(2) == ["continuo"])
        #expect(file.message(8)?.values(2) == [17])
        let properties = file.all(14).compactMap(Message.init).map { ($0.texts(1)[0], $0.texts(2)[0]) }
        #expect(properties.contains { $0 == ("genre", "pop") })
        return try #require(file.message(7))
    }

    @Test func everyWeightIsInTheFileAsItIs() throws {
        let model = try Self.model()
        let networks = [
            (model.onnxGenerator(version: "1"), model.generator.shapes),
            (model.onnxPlan(version: "1"), model.plan.shapes),
        ]
        for (network, shapes) in networks {
            let stored = try graph(network).all(5).compactMap(Message.init)
            for shape in shapes {
                let tensor = try #require(stored.first { $0.texts(8) == [shape.name] }, "\(shape.name)")
                #expect(tensor.values(1) == shape.shape && tensor.values(2) == [1])
                let values = model.weights[shape.name].value.values
                var bytes: [UInt8] = []
                for value in values {
                    let pattern: UInt32 = value.bitPattern.littleEndian
                    withUnsafeBytes(of: pattern) { bytes += Array($0) }
                }
                #expect(tensor.all(9)[0] == bytes)
            }
        }
    }

    @Test func everyNodeReadsWhatWasMadeBeforeIt() throws {
        let model = try Self.model()
        for network in [model.onnxGenerator(version: "1"), model.onnxPlan(version: "1")] {
            let graph = try graph(network)
            var known = Set(graph.all(5).compactMap(Message.init).flatMap { $0.texts(8) })
            let inputs = graph.all(11).compactMap(Message.init).flatMap { $0.texts(1) }
            #expect(inputs == network.inputs.map(\.name))
            known.formUnion(inputs)
            let nodes = graph.all(1).compactMap(Message.init)
            #expect(nodes.count > 40)
            for node in nodes {
                for input in node.texts(1) { #expect(known.contains(input), "\(node.texts(4)) reads \(input)") }
                for output in node.texts(2) { #expect(known.insert(output).inserted, "\(output) is made twice") }
            }
            #expect(graph.all(12).compactMap(Message.init).flatMap { $0.texts(1) } == [network.output.name])
            #expect(known.contains(network.output.name))
        }
    }

    @Test func ourResultHasTheShapeThatTheFileSays() throws {
        let model = try Self.model()
        for network in [model.onnxGenerator(version: "1"), model.onnxPlan(version: "1")] {
            var inputs: [String: [Float]] = [:]
            for input in network.inputs {
                inputs[input.name] = [Float](repeating: 0.5, count: 2 * input.shape.reduce(1, *))
            }
            let result = network.result(inputs, 2)
            #expect(result.count == 2 * network.output.shape.reduce(1, *) && result.allSatisfy(\.isFinite))
            #expect(
                Array(result.prefix(result.count / 2)) == Array(result.suffix(result.count / 2)), "samples do not mix")
        }
    }
}
