/// Makes a switch of a pedal's values: half-pedal positions of a continuous pedal neither press nor release it.
///
/// A pedal that is already down when it is first heard does nothing until it is let go. It shows by what it says first:
/// a switch says 127 when it is pressed, a continuous pedal passes low values on its way down, so one that begins
/// anywhere between was down before.
public struct PedalSwitch: Hashable, Sendable {
    /// From this value on it is down.
    public static let down: UInt8 = 72
    /// Up to this value it is up.
    public static let up: UInt8 = 56

    public enum Change: Hashable, Sendable { case pressed, released }

    private enum Place { case unknown, up, pressed, downBefore }
    private var place = Place.unknown

    public init() {}

    /// Takes the next value, 0...127.
    public mutating func move(to value: UInt8) -> Change? {
        if value <= PedalSwitch.up {
            defer { place = .up }
            return place == .pressed ? .released : nil
        }
        guard value >= PedalSwitch.down, place == .up || place == .unknown else { return nil }
        place = place == .up || value == 127 ? .pressed : .downBefore
        return place == .pressed ? .pressed : nil
    }
}
