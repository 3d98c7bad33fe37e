/// The states of the control grammar: what lights, displays and clients are told.
public enum PlayerState: String, Hashable, Sendable, Codable, CaseIterable {
    /// Listening; no band was heard yet.
    case idle
    /// A take begins with the next note.
    case armed
    case recording
    /// The band was asked for and has not come yet.
    case generating
    case playing
    case stopped
}
