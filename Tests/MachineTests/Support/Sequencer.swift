/// A client of the guest's sequencer, as `aconnect -l` shows it.
struct SequencerClient: Equatable, Sendable {
    var number: Int
    var name: String
    /// The sound card behind a kernel client; nil for a program or a client without a card.
    var card: Int?
    var ports: [SequencerPort]
}

/// A port of a client of the guest's sequencer.
struct SequencerPort: Equatable, Sendable {
    /// Client and port number, such as `16:0`.
    var address: String
    var name: String
    /// The addresses of the ports that it sends to.
    var destinations: [String] = []
}

extension SequencerClient {
    /// Reads what `aconnect -l` prints.
    static func clients(in text: String) -> [SequencerClient] {
        text.split(separator: "\n").reduce(into: []) { clients, line in
            if line.hasPrefix("client "), let client = client(in: line) {
                clients.append(client)
            } else if !clients.isEmpty {
                clients[clients.count - 1].read(line)
            }
        }
    }

    // client 16: 'Test Keys' [type=kernel,card=0]
    private static func client(in line: Substring) -> SequencerClient? {
        guard let match = line.wholeMatch(of: /client (\d+): '(.*)' \[type=(?:kernel|user)(?:,card=(\d+))?.*\]/),
            let number = Int(match.1)
        else { return nil }
        return SequencerClient(number: number, name: String(match.2), card: match.3.flatMap { Int($0) }, ports: [])
    }

    //     0 'Test Keys MIDI 1'
    // 	Connecting To: 128:0, 129:0[real:0]
    private mutating func read(_ line: Substring) {
        if let match = line.wholeMatch(of: /\s+(\d+) '(.*?) *'/) {
            ports.append(SequencerPort(address: "\(number):\(match.1)", name: String(match.2)))
        } else if let match = line.wholeMatch(of: /\s+Connecting To: (.*)/), !ports.isEmpty {
            ports[ports.count - 1].destinations = match.1.matches(of: /\d+:\d+/).map { String($0.output) }
        }
    }
}

extension Machine {
    /// The clients of the sequencer.
    func sequencerClients() async throws -> [SequencerClient] {
        SequencerClient.clients(in: try await succeed("aconnect -l"))
    }

    /// Waits until the sequencer has clients of this name, and returns them.
    func clients(named name: String, count: Int = 1) async throws -> [SequencerClient] {
        try await eventually("the sequencer has \(count) clients named \(name)") {
            guard try await self.hasClient(named: name) else { return nil }
            let found = try await self.sequencerClients().filter { $0.name == name && !$0.ports.isEmpty }
            return found.count == count ? found : nil
        }
    }

    /// Waits until the sequencer has no client of this name.
    func noClient(named name: String) async throws {
        try await eventually("the sequencer has no client named \(name)") {
            try await self.hasClient(named: name) ? nil : true
        }
    }

    /// Whether the sequencer has a client of this name: cheaper to ask than a whole list.
    private func hasClient(named name: String) async throws -> Bool {
        let clients = try await run("cat /proc/asound/seq/clients")
        if clients.status == 0 { return clients.text.contains(" : \"\(name)\" [") }
        try await succeed("aconnect -l")  // the first one to open the sequencer loads it
        return false
    }
}
