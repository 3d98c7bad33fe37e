/// A way into the console for one browser.
public struct ConsoleTicketReport: Hashable, Sendable, Codable {
    /// Where the page is.
    public var address: String
    /// Admits one browser, once.
    public var ticket: String
    /// How long it can be used.
    public var minutes: Int

    /// Where other machines find the page; none where the console is not shared.
    public var shared: [String]

    public init(address: String, ticket: String, minutes: Int, shared: [String] = []) {
        self.shared = shared
        self.address = address
        self.ticket = ticket
        self.minutes = minutes
    }

    /// The page's address with the ticket; it stands behind the `#`, so that no browser sends it to anybody.
    public var link: String { "\(address)#ticket=\(ticket)" }
    /// The same for other machines.
    public var sharedLinks: [String] { shared.map { "\($0)#ticket=\(ticket)" } }
}

/// A browser's ticket.
public struct ConsoleSessionRequest: Hashable, Sendable, Codable {
    public var ticket: String
    public init(ticket: String) { self.ticket = ticket }
}

/// What a browser is told when it is admitted; the token travels in a cookie that scripts cannot read.
public struct ConsoleSessionReport: Hashable, Sendable, Codable {
    /// After so many days it needs a new ticket.
    public var days: Int
    public init(days: Int) { self.days = days }
}
