using KernelGen.Execution;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Planning.Policies;
using KernelGen.Reference;
using KernelGen.RuntimeHost.Tests.Cpu;
using KernelGen.RuntimeHost.Tests.Reference;
using KernelGen.Tensors;
using KernelGen.Tests.Shared;

namespace KernelGen.RuntimeHost.Tests.Execution;

/// <summary>
/// Random plans, by hosts and by the planner, run as they are or on another host, another class, other tensors, other options, or with
/// arguments of a launch that were changed: a right result in the planned workspace, or an <see cref="ArgumentException"/> with its
/// parameter and an output that is as it was.
/// </summary>
[TestClass]
public sealed class PlanFuzzTests
{
    private const float Untouched = 7;

    private static readonly KernelCatalogue _kernels = CpuTestAttention.Catalogue;

    [TestMethod]
    public void AnyPlan_RunsRightly_OrIsRefused()
    {
        using AttentionHost host = Open(1L << 28), small = Open(400_000);
        FuzzRun.Of("plans", 1500, random => Case(random.Once(3) ? small : host, random.Once(2) ? small : host, random));
    }

    private static AttentionHost Open(long freeBytes) =>
        AttentionHost.CreateDefault(new() { Device = DeviceKind.Cpu, Threads = 2, FreeBytes = freeBytes });

    private static string Case(AttentionHost maker, AttentionHost runner, Random random)
    {
        int headDim = random.Any<int>([.. _kernels.HeadDims]), heads = random.Any(1, 2, 4, 6);
        AttentionShape shape = new(
            random.Next(1, 4), heads, Length(random), Length(random), headDim,
            random.Any<int>([.. Enumerable.Range(1, heads).Where(count => heads % count == 0)]));
        bool causal = random.Once(3), map = random.Once(4);
        SlicePlan plan;
        try
        {
            plan = Plan(maker, shape, Wishes(random, causal, map), random);
        }
        catch (Exception refusal) when (
            refusal is AttentionMemoryException or NoMatchingVariantException or UnsupportedVariantException or SlicePolicyException
            || (refusal is ArgumentException { ParamName: { } parameter } && parameter.Length > 0))
        {
            Assert.IsGreaterThan(10, refusal.Message.Length);
            return "not planned";
        }

        Assert.IsNotEmpty(plan.Explain());
        return random.Once(3) ? Launch(runner, plan, random) : Run(runner, plan, causal, map, random);
    }

    private static PlanningOptions Wishes(Random random, bool causal, bool map)
    {
        PlanningOptions wishes = new() { Causal = causal, CaptureMap = map, Masked = random.Once(3) };
        if (random.Once(2))
            wishes = wishes with { Policy = random.Any<string>([.. SlicePolicies.Names, "diffusers:2", "diffusers:0", "none", ""]) };
        if (random.Once(4))
            wishes = wishes with { Family = random.Any(KernelFamily.Materialized, KernelFamily.Streaming, (KernelFamily)9) };
        if (random.Once(4))
            wishes = wishes with { SliceRows = random.Any(128, 512, 7, -1, int.MaxValue) };
        if (random.Once(4))
            wishes = wishes with { SafetyFactor = random.Any(1.0, 2.0, 0.0, -1.0, double.NaN, double.PositiveInfinity, 1e300) };
        return wishes;
    }

    private static SlicePlan Plan(AttentionHost maker, in AttentionShape shape, PlanningOptions wishes, Random random)
    {
        if (!random.Once(4))
            return maker.Plan<float>(_kernels, shape, wishes);

        // By hand: a device and a budget that somebody made up.
        DeviceProfile device = maker.Device.Profile with { Workers = random.Any(maker.Device.Profile.Workers, 0, 1, 64) };
        MemoryBudget budget = new(random.Any(1L << 28, 1L << 40, 0, -1, 300_000, long.MaxValue),
            random.Any(0L, 1 << 20, long.MaxValue), "made up");
        ReadOnlyMemory<KernelVariant> variants = maker.VariantsFor(_kernels, ElementType.Float32, shape.HeadDim);
        return SlicePlanner.Plan(shape, ElementType.Float32, variants, device, budget, wishes);
    }

    private static string Run(AttentionHost runner, SlicePlan plan, bool causal, bool map, Random random)
    {
        AttentionShape shape = plan.Shape;
        AttentionOptions options = new() { Map = map ? new float[shape.ScoreElements] : default };
        bool isChanged = false;
        switch (random.Next(8))
        {
            case 0:
                options = options with { Causal = random.Once(2) };
                break;
            case 1:
                (options, isChanged) = (
                    options with { Map = map ? default : new float[shape.ScoreElements] },
                    shape.ScoreElements > 0 && (map || plan.Variant.Family == KernelFamily.Streaming));
                break;
            case 2:
                options = options with { Layout = AttentionLayout.BatchRowsHeads };
                break;
            case 3:
                (options, isChanged) = (options with { Layout = (AttentionLayout)random.Next(2, 9) }, true);
                break;
            case 4:
                (options, isChanged) = (options with { Scale = random.Any(float.NaN, float.PositiveInfinity, float.MaxValue) }, true);
                break;
            case 5:
                options = options with { LogSumExp = new float[shape.TotalHeads * shape.Queries] };
                break;
        }

        AttentionCall call = AttentionCall.Random(shape, ElementType.Float32, options, random.Next(1, 1000));
        float[] query = call.Query, key = call.Key, value = call.Value, output = [.. Enumerable.Repeat(Untouched, query.Length)];
        if (random.Once(3))
        {
            int length = random.Any(-1, 1, 64, -64);
            float[] Other(float[] tensor) => tensor.Length + length < 0 ? [] : new float[tensor.Length + length];
            int which = random.Next(4);
            isChanged |= (which is 0 or 3 ? query : key).Length + Math.Max(length, 0) > 0;
            (query, key, value) = (which == 0 ? Other(query) : query, which == 1 ? Other(key) : key, which == 2 ? Other(value) : value);
            output = which == 3 ? [.. Enumerable.Repeat(Untouched, Other(output).Length)] : output;
        }

        try
        {
            RunReport report = runner.Run<float>(random.Once(2) ? _kernels : null, plan, query, key, value, output, options);
            Assert.IsFalse(isChanged, "a call that does not fit the plan ran");
            if (plan.Owner is not null)
                Assert.AreEqual(plan.WorkspaceBytes, report.WorkspaceBytes);
            Assert.IsLessThanOrEqualTo(
                plan.WorkspaceBytes, report.WorkspaceBytes, "a plan for a device with more workers takes less on one with fewer");
        }
        catch (ArgumentException refusal)
        {
            Assert.IsFalse(string.IsNullOrEmpty(refusal.ParamName), refusal.Message);
            Assert.IsTrue(Array.TrueForAll(output, number => number == Untouched), "the output was touched");
            return "refused";
        }

        AttentionOptions plain = options with { Causal = options.Causal ?? causal, Map = default, LogSumExp = default };
        double[] expected = (call with { Options = plain }).Reference().Output;
        if (shape.Keys == 0 || shape.Queries == 0)
            return "ran empty";
        float[] dense = options.Layout == AttentionLayout.BatchHeadsRows ? output : Dense(output, shape);
        Assert.IsLessThan(4e-6, RelativeError.Of(expected, dense), $"{shape}, {plan.Variant.Id}, {plan}, {options}");
        return "ran";
    }

    // Only arguments that are refused: nothing can tell whether an address is one.
    private static string Launch(AttentionHost runner, SlicePlan plan, Random random)
    {
        AttentionShape shape = plan.Shape;
        KernelArguments arguments = AttentionHost.CreateArguments(plan) with
        {
            Query = 1,
            Key = 1,
            Value = 1,
            Output = 1,
            Map = plan.CaptureMap ? 1 : 0,
        };
        arguments = random.Next(8) switch
        {
            0 => arguments with { Heads = arguments.Heads + random.Any(-1, 1, int.MaxValue) },
            1 => arguments with { KeyValueHeads = arguments.KeyValueHeads + random.Any(-1, 1, 100) },
            2 => arguments with { Queries = arguments.Queries + random.Any(-1, 1, 1000) },
            3 => arguments with { Keys = arguments.Keys + random.Any(-1, 1, 1000) },
            4 => arguments with { KeySplits = random.Any(2, 7, int.MaxValue) },
            5 => arguments with { MaskKind = random.Any(-1, 9, (int)MaskKind.Boolean | 64) },
            6 => arguments with { Query = 0, Queries = Math.Max(shape.Queries, 1) },
            _ => arguments with { OutputStrides = default, Queries = shape.Queries + (shape.Queries < 2 ? 1 : 0) },
        };
        ArgumentException refusal = Assert.ThrowsExactly<ArgumentException>(() => runner.Launch(plan, arguments));
        Assert.IsFalse(string.IsNullOrEmpty(refusal.ParamName), refusal.Message);
        return "launch refused";
    }

    private static float[] Dense(float[] output, in AttentionShape shape)
    {
        float[] dense = new float[output.Length];
        for (int i = 0; i < output.Length; i++)
        {
            int element = i % shape.HeadDim, head = i / shape.HeadDim % shape.Heads, row = i / shape.HeadDim / shape.Heads % shape.Queries;
            int batch = i / shape.HeadDim / shape.Heads / shape.Queries;
            dense[((((batch * shape.Heads) + head) * shape.Queries) + row) * shape.HeadDim + element] = output[i];
        }

        return dense;
    }

    private static int Length(Random random) => random.Next(6) switch
    {
        0 => 0,
        1 => 1,
        2 => random.Next(1, 300),
        3 => (128 * random.Next(1, 3)) + random.Next(-1, 2),
        _ => random.Next(1, 70),
    };
}
