import ConsoleAPI

/// Why a call to the daemon did not succeed.
public enum ClientError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nobody answers at the socket.
    case unreachable(path: String, cause: String)
    /// The daemon listens, but not to this user.
    case forbidden(path: String)
    /// The connection broke, or the answer is no answer.
    case broken(path: String, cause: String)
    /// The daemon answered that it cannot.
    case refused(APIError)

    public var description: String {
        switch self {
        case .unreachable(let path, let cause):
            "cannot reach continuod at \(path): \(cause); is it running? (systemctl status continuod)"
        case .forbidden(let path):
            "you may not talk with continuod at \(path): the system's daemon listens to members of the group audio "
                + "(sudo usermod -aG audio $USER, then log in again)"
        case .broken(let path, let cause): "cannot talk with continuod at \(path): \(cause)"
        case .refused(let error): error.description
        }
    }
}
