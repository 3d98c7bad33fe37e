/// Why a weight file cannot be used.
public enum SafetensorsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file ends before something that must be there.
    case truncated(needed: UInt64, available: Int)
    /// The header's length is beyond the file or the limit.
    case headerTooLong(bytes: UInt64)
    /// The header is not the JSON that the format prescribes.
    case badHeader(problem: String, at: Int)
    /// A tensor's description contradicts itself or the file.
    case badEntry(name: String, problem: String)
    /// Two tensors share bytes, or bytes belong to none.
    case badLayout(problem: String)
    case missing(name: String)
    case wrongShape(name: String, found: [Int], expected: [Int])
    case wrongType(name: String, found: String, expected: String)
    case notFinite(name: String)
    case badValue(name: String, problem: String)

    public var description: String {
        switch self {
        case .truncated(let needed, let available):
            "cannot read the weight file: it needs \(needed) bytes but has \(available); copy or download it again"
        case .headerTooLong(let bytes):
            "cannot read the weight file: its header claims \(bytes) bytes; it is damaged or no safetensors file"
        case .badHeader(let problem, let at):
            "cannot read the weight file's header: \(problem) at byte \(at); it is damaged or no safetensors file"
        case .badEntry(let name, let problem): "cannot read tensor \(name): \(problem); the weight file is damaged"
        case .badLayout(let problem): "cannot read the weight file: \(problem); it is damaged"
        case .missing(let name): "the weight file has no tensor \(name); it belongs to another network"
        case .wrongShape(let name, let found, let expected):
            "tensor \(name) has the shape \(found) instead of \(expected); the weight file belongs to another network"
        case .wrongType(let name, let found, let expected):
            "tensor \(name) has the type \(found) instead of \(expected); the weight file belongs to another program"
        case .notFinite(let name):
            "tensor \(name) has values that are not finite; the training that wrote the weight file diverged"
        case .badValue(let name, let problem): "tensor \(name) \(problem); the weight file is damaged"
        }
    }
}
