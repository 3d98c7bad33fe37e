import Testing

struct AgentFrameTests {
    @Test func framesSurviveTheWay() {
        let frames = [
            AgentFrame(kind: .hello), AgentFrame(kind: .run, request: 0x0102_0304, payload: [1, 2, 3]),
        ]
        var buffer = frames.flatMap(\.rawBytes)

        #expect(AgentFrame.next(from: &buffer) == frames[0])
        #expect(AgentFrame.next(from: &buffer) == frames[1])
        #expect(AgentFrame.next(from: &buffer) == nil)
        #expect(buffer.isEmpty)
    }

    @Test func aFrameInPiecesWaitsForItsEnd() {
        let frame = AgentFrame(kind: .output, request: 7, payload: [9, 9])
        var buffer: [UInt8] = []
        let found = frame.rawBytes.map { byte in
            buffer.append(byte)
            return AgentFrame.next(from: &buffer)
        }

        #expect(found.dropLast().allSatisfy { $0 == nil })
        #expect(found.last == frame)
    }

    @Test func theLayoutIsTheAgents() {
        #expect(AgentFrame(kind: .kill, request: 2, payload: [9]).rawBytes == [1, 0, 0, 0, 2, 0, 0, 0, 0x6B, 9])
    }
}
