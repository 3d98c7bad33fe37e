import Testing

@testable import Training

@Suite struct LossHistoryTests {
    private let head = "step,stage,generator,plan,gradient_norm\n"

    @Test func aTableIsReadByItsColumnsAndStages() throws {
        let history = try LossHistory(head + "0,plan,,5.5,1\n1,plan,,5.25,2\n2,reconstruction,3,,0.5\n")
        #expect(history.count == 3 && history.firstStep == 0)
        #expect(history.columns["plan"] == [5.5, 5.25, nil])
        #expect(history.columns["generator"] == [nil, nil, 3])
        #expect(history.stages.map(\.name) == ["plan", "reconstruction"])
        #expect(history.stages.map(\.rows) == [0..<2, 2..<3])
    }

    @Test func aRowThatIsStillBeingWrittenIsLeftOut() throws {
        let whole = head + "7,plan,,5.5,1\n"
        for rest in ["8", "8,plan,,5.2", "8,plan,,5.25,2"] {
            let history = try LossHistory(whole + rest)
            #expect(history.count == 1 && history.firstStep == 7)
        }
    }

    @Test(arguments: [
        ("", "first line"), ("a,b\n", "first line"), ("step,stage,plan\n", "no row yet"),
        ("step,stage,plan\n0,plan,1\n2,plan,1\n", "line 3"), ("step,stage,plan\n0,plan,x\n", "'x' is no number"),
        ("step,stage,plan\n0,plan\n", "line 2"),
    ])
    func aBrokenTableIsRefusedWithItsLine(_ text: String, _ said: String) throws {
        let error = try #require(throws: TrainingError.self) { try LossHistory(text) }
        #expect("\(error)".contains(said), "\(error)")
    }
}
