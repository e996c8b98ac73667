using KernelGen.CommandLine.Compilation;
using KernelGen.Cuda;
using KernelGen.Cuda.Compilation;
using KernelGen.Kernels;
using KernelGen.Samples.Models;

namespace KernelGen.Lab.Tests.Compilation;

[TestClass]
public sealed class RegisterTableTests
{
    private const string Compiler = "NVRTC 13.0";

    private static KernelVariant[] AllKernels { get; } = [.. ModelCatalogue.Models.SelectMany(model => model.Kernels.Variants.ToArray())];

    [TestMethod]
    public void A_cell_has_registers_and_what_else_there_is()
    {
        RegisterTable table = new(Compiler);
        table.Replace(
        [
            Result("streaming-sm80-f16-d40-r128", 80, 168),
            Result("streaming-sm80-f16-d40-r128", 86, 128, spill: 8, stack: 16, finding: "C7510"),
        ]);

        string[] rows = Rows(table);

        Assert.AreEqual("| entry point | masks | 8.0 | 8.6 |", rows[0]);
        Assert.AreEqual("| streaming_sm80_f16_d40_r128 | none | 168 | 128 spill 8/8 stack 16 C7510 |", rows[2]);
    }

    [TestMethod]
    public void Columns_stand_in_the_order_of_compute_capabilities()
    {
        RegisterTable table = new(Compiler);
        table.Replace(new[] { 120, 75, 90 }.Select(computeCapability => Result("streaming-simt-f16-d40-r64", computeCapability, 128)));

        Assert.AreEqual("| entry point | masks | 7.5 | 9.0 | 12.0 |", Rows(table)[0]);
    }

    [TestMethod]
    public void Kernels_with_the_same_numbers_share_a_row()
    {
        RegisterTable table = new(Compiler);
        table.Replace(
        [
            Result("materialized-simt-f16-d40-r512", 80, 64),
            Result("materialized-simt-f16-d40-r2048", 80, 64),
            Result("materialized-simt-bf16-d40-r512", 80, 64),
            Result("materialized-simt-bf16-d40-r2048", 80, 64),
            Result("materialized-simt-f32-d40-r512", 80, 72),
            Result("streaming-sm80-f16-d40-r64", 80, 128),
            Result("streaming-sm80-f16-d40-r128", 80, 128),
        ]);

        string text = table.ToMarkdown();

        StringAssert.Contains(text, "| materialized_simt_{bf16,f16}_d40_t32_scores | none | 64 |", StringComparison.Ordinal);
        StringAssert.Contains(text, "| materialized_simt_{bf16,f16}_d40_t64_streamed_scores | none | 64 |", StringComparison.Ordinal);
        StringAssert.Contains(text, "| materialized_simt_f32_d40_t32_scores | none | 72 |", StringComparison.Ordinal);
        StringAssert.Contains(text, "| streaming_sm80_f16_d40_r{64,128} | none | 128 |", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Masks_that_change_nothing_share_a_row()
    {
        RegisterTable table = new(Compiler);
        KernelVariant variant = Variant("streaming-sm80-f16-d40-r128");
        table.Replace([Result(variant, KernelSpecialization.None, 80, 168), Result(variant, KernelSpecialization.Masked, 80, 168)]);
        StringAssert.Contains(table.ToMarkdown(), "| streaming_sm80_f16_d40_r128 | both | 168 |", StringComparison.Ordinal);

        table.Replace([Result(variant, KernelSpecialization.Masked, 80, 170)]);
        StringAssert.Contains(table.ToMarkdown(), "| streaming_sm80_f16_d40_r128 | none | 168 |", StringComparison.Ordinal);
        StringAssert.Contains(table.ToMarkdown(), "| streaming_sm80_f16_d40_r128 | general | 170 |", StringComparison.Ordinal);
    }

    [TestMethod]
    public void What_is_written_is_read_again()
    {
        RegisterTable table = new(Compiler);
        table.Replace(
        [
            Result("materialized-simt-f16-d40-r512", 80, 64),
            Result("materialized-simt-bf16-d40-r2048", 80, 64),
            Result("materialized-simt-bf16-d40-r2048", 120, 65, spill: 4),
            Result(Variant("streaming-sm80-f16-d40-r128"), KernelSpecialization.Masked, 80, 168),
            Result("streaming-sm90a-f16-d64-r192", 90, 128, finding: "C7510"),
        ]);

        RegisterTable read = RegisterTable.Parse(table.ToMarkdown());

        Assert.AreEqual(Compiler, read.Compiler);
        Assert.AreEqual(table.ToMarkdown(), read.ToMarkdown());
    }

    [TestMethod]
    public void Results_that_agree_have_no_differences_and_one_register_is_one()
    {
        RegisterTable table = new(Compiler);
        table.Replace([Result("streaming-sm80-f16-d40-r128", 80, 168), Result("streaming-sm80-f16-d40-r128", 86, 168)]);

        Assert.IsEmpty(table.Differences([Result("streaming-sm80-f16-d40-r128", 80, 168)], AllKernels));
        string difference = table.Differences([Result("streaming-sm80-f16-d40-r128", 86, 169)], AllKernels).First();
        Assert.AreEqual("streaming_sm80_f16_d40_r128 (masks: none), 8.6: the table has '168', the compiler made '169'", difference);
    }

    [TestMethod]
    public void A_kernel_that_the_table_does_not_have_is_a_difference()
    {
        RegisterTable table = new(Compiler);

        IReadOnlyList<string> differences = table.Differences([Result("streaming-sm80-f16-d40-r128", 80, 168)], AllKernels);

        StringAssert.Contains(differences[0], "the table has 'nothing'", StringComparison.Ordinal);
    }

    [TestMethod]
    public void A_row_of_a_kernel_that_is_gone_is_a_difference_until_it_is_dropped()
    {
        RegisterTable table = RegisterTable.Parse(
            """
            What NVRTC 13.0 makes

            | entry point | masks | 8.0 |
            | --- | --- | --- |
            | streaming_sm80_f16_d41_r128 | none | 168 |
            """);

        string difference = table.Differences([], AllKernels).Single();
        Assert.AreEqual("streaming_sm80_f16_d41_r128: the table has it, but there is no such kernel", difference);
        table.Keep(AllKernels);
        Assert.IsEmpty(table.Differences([], AllKernels));
    }

    [TestMethod]
    public void A_refused_kernel_shows_as_such()
    {
        RegisterTable table = new(Compiler);
        CompilationRequest request = Request(Variant("streaming-sm80-f16-d40-r128"), KernelSpecialization.None, 80);
        table.Replace([new(request, null, [], TimeSpan.Zero, new KernelCompilationException("id", "refused", ""))]);

        Assert.AreEqual("| streaming_sm80_f16_d40_r128 | none | refused |", Rows(table)[2]);
    }

    [TestMethod]
    [DataRow("no table at all")]
    [DataRow("What NVRTC 13.0 makes\n| entry point | masks | 8.0 |\n| streaming_sm80_f16_d40_r128 | none |")]
    [DataRow("What NVRTC 13.0 makes\n| entry point | masks | 8.0 |\n| something else | none | 168 |")]
    public void Another_file_is_refused(string text) => Assert.ThrowsExactly<InputException>(() => RegisterTable.Parse(text));

    [TestMethod]
    public void Kernels_that_differ_in_names_and_comments_are_compiled_once()
    {
        KernelVariant[] variants = [Variant("streaming-simt-f16-d40-r64"), Variant("streaming-simt-f32-d40-r64")];
        IReadOnlyList<CompilationRequest> requests = AdvanceCompiler.Requests(
            [.. variants, Renamed(variants[0])], [new CudaArchitecture(80)], [KernelSpecialization.None]);

        IReadOnlyList<IReadOnlyList<CompilationRequest>> groups = DistinctTexts.Group(requests);

        Assert.HasCount(3, requests);
        Assert.HasCount(2, groups);
        KernelCompilation shared = DistinctTexts.As(Result(variants[0].Id, 80, 90), groups[0][1]);
        Assert.AreEqual("renamed", shared.Request.Kernel.Variant.Id);
        Assert.StartsWith("renamed", shared.Entries[0].EntryPoint);
    }

    [TestMethod]
    public void Rules_hold_whatever_the_table_says()
    {
        KernelCompilation good = Result("streaming-sm80-f16-d40-r128", 80, 168, spill: 256);
        KernelCompilation findings = Result("streaming-sm80-f16-d40-r128", 80, 168, finding: "C7510");
        KernelCompilation spills = Result("streaming-sm80-f16-d40-r128", 80, 168, spill: 260);
        KernelCompilation slow = good with { ProcessorTime = TimeSpan.FromSeconds(31) };
        KernelCompilation crowded = Result("streaming-sm90a-f16-d64-r64", 90, 255, blocks: 1);

        Assert.IsEmpty(CompileRules.Broken(good));
        Assert.HasCount(1, CompileRules.Broken(slow));
        StringAssert.Contains(CompileRules.Broken(findings).First(), "C7510", StringComparison.Ordinal);
        StringAssert.Contains(CompileRules.Broken(spills).First(), "spills 260 + 260 bytes", StringComparison.Ordinal);
        StringAssert.Contains(CompileRules.Broken(crowded).First(), "runs 1 blocks; its launch bounds promise 2", StringComparison.Ordinal);
    }

    private static string[] Rows(RegisterTable table) => [.. table.ToMarkdown().Split('\n').Where(line => line.StartsWith('|'))];

    private static KernelVariant Variant(string id) => AllKernels.First(variant => variant.Id == id);

    /// <summary>The same kernel under another name, with another comment.</summary>
    private static KernelVariant Renamed(KernelVariant variant)
    {
        string name = variant.Id.Replace('-', '_');
        byte[] text = System.Text.Encoding.UTF8.GetBytes(
            "// renamed\n" + System.Text.Encoding.UTF8.GetString(variant.Cuda!.Text()).Replace(name, "renamed", StringComparison.Ordinal));
        CudaStage[] stages =
        [
            .. variant.Cuda!.Stages.Select(
                stage => stage with { EntryPoint = stage.EntryPoint.Replace(name, "renamed", StringComparison.Ordinal) }),
        ];
        return new(
            "renamed", variant.Family, variant.Target, variant.ElementType, variant.HeadDim, variant.SliceRows, variant.Footprint,
            new CudaKernelSource(() => text, variant.Cuda.Headers, stages));
    }

    private static CompilationRequest Request(KernelVariant variant, KernelSpecialization specialization, int computeCapability) =>
        new(new SpecializedKernel(variant, specialization), new CudaArchitecture(computeCapability));

    private static KernelCompilation Result(
        string id, int computeCapability, int registers, int spill = 0, int stack = 0, string? finding = null, int blocks = 2) =>
        Result(Variant(id), KernelSpecialization.None, computeCapability, registers, spill, stack, finding, blocks);

    private static KernelCompilation Result(
        KernelVariant variant, KernelSpecialization specialization, int computeCapability, int registers,
        int spill = 0, int stack = 0, string? finding = null, int blocks = 2)
    {
        CompiledEntry[] entries =
        [
            .. variant.Cuda!.Stages.Take(1).Select(stage => new CompiledEntry(
                stage.EntryPoint, stage.Threads, registers, stack, spill, spill, stage.SharedBytes, blocks,
                finding is null ? [] : [finding])
            {
                PromisedBlocks = new CudaArchitecture(computeCapability).Multiprocessor.PromisedBlocks(stage),
            }),
        ];
        return new(Request(variant, specialization, computeCapability), null, entries, TimeSpan.FromSeconds(1), null);
    }
}
