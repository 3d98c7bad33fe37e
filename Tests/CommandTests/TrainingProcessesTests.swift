import Testing

/// `continuo train` where a launcher started it.
struct TrainingProcessesTests {
    /// Several processes that know nothing of each other would write one run.
    @Test(arguments: ["OMPI_COMM_WORLD_SIZE", "SLURM_STEP_NUM_TASKS", "PMI_SIZE"])
    func aProgramWithoutMPIRefusesToBeOneOfSeveral(variable: String) async throws {
        let arguments = ["train", "--data", "/nowhere/at/all"]
        let several = try await Program("continuo").run(arguments, environment: [variable: "2"])
        #if !MPI
            #expect(several.code == 69)
            #expect(several.error.contains("cannot train with 2 processes") && several.error.contains("--traits MPI"))
        #endif
        #expect(several.output.isEmpty)
        let alone = try await Program("continuo").run(arguments, environment: [variable: "1"])
        #expect(alone.code == 66, "\(alone.error)")
    }
}
