import Music
extension Session { mutating func tap(_ time: Instant) -> [Effect] { [] } }
