import Testing

struct SequencerListTests {
    @Test func readsWhatAconnectPrints() {
        let text = """
            client 0: 'System' [type=kernel]
                0 'Timer           '
                1 'Announce        '
            client 16: 'Test Keys 32' [type=kernel,card=0]
                0 'Test Keys 32 MIDI 1'
            \tConnecting To: 128:0, 129:1[real:0]
            client 128: 'Bob's Synth' [type=user,pid=77]
                0 'Bob's Synth     '
            \tConnected From: 16:0

            """

        let clients = SequencerClient.clients(in: text)

        #expect(clients.map(\.number) == [0, 16, 128])
        #expect(clients.map(\.name) == ["System", "Test Keys 32", "Bob's Synth"])
        #expect(clients.map(\.card) == [nil, 0, nil])
        #expect(clients[0].ports.map(\.address) == ["0:0", "0:1"])
        #expect(
            clients[1].ports == [
                SequencerPort(address: "16:0", name: "Test Keys 32 MIDI 1", destinations: ["128:0", "129:1"])
            ])
        #expect(clients[2].ports.map(\.name) == ["Bob's Synth"])
    }
}
