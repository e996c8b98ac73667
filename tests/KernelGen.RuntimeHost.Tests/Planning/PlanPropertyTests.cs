using FsCheck;
using FsCheck.Fluent;
using KernelGen.Kernels;
using KernelGen.Planning;
using KernelGen.Planning.Policies;
using KernelGen.Tensors;

namespace KernelGen.RuntimeHost.Tests.Planning;

/// <summary>What holds for every plan, tried on random calls, devices and budgets.</summary>
[TestClass]
public sealed class PlanPropertyTests
{
    private static readonly string[] Presets = [.. SlicePolicies.Names.Where(name => name != "exact"), "diffusers:2"];

    /// <summary>
    /// Lengths up to 40000, with the small ones, the even ones and those around tiles more often than chance would have them.
    /// </summary>
    private static readonly Gen<int> Lengths = Gen.OneOf(
        Gen.Choose(1, 300), Gen.Choose(1, 40_000),
        from tiles in Gen.Choose(1, 300) from off in Gen.Choose(-1, 1) select (tiles * 128) + off);

    /// <summary>From 1 KiB to 64 GiB, every order of magnitude alike.</summary>
    private static readonly Gen<long> Budgets = from power in Gen.Choose(1000, 3600) select (long)Math.Pow(2, power / 100.0);

    private static readonly Gen<PlanRequest> Requests =
        from batch in Gen.Choose(1, 3)
        from heads in Gen.Choose(1, 24)
        from queries in Lengths
        from keys in Gen.OneOf(Gen.Constant(queries), Gen.Choose(1, 600), Lengths)
        from workers in Gen.Elements(0, 1, 2, 4, 7, 16, 64)
        from free in Budgets
        from reserve in Gen.Elements(0L, 0L, 1000L, 1L << 28)
        from factor in Gen.Elements(1.0, 1.1, 2.0)
        from family in Gen.Elements<KernelFamily?>(null, KernelFamily.Materialized, KernelFamily.Streaming)
        from causal in Gen.Elements(false, true)
        select new PlanRequest(
            new(batch, heads, queries, keys, 40), ElementType.Float16, Variants, PlanningSetup.Device with { Workers = workers },
            PlanningSetup.Free(free, reserve), new() { SafetyFactor = factor, Family = family, Causal = causal });

    private static KernelVariant[] Variants { get; } = PlanningSetup.All(ElementType.Float16, 40);

    [TestMethod]
    public void ExactPlan_IsWithinTheBudget_OrNothingWouldBe() => Check(Requests, request =>
    {
        double allowed = request.Budget.UsableBytes / request.Options.SafetyFactor;
        if (TryPlan(request) is { } plan)
            return plan.WorkspaceBytes <= allowed && plan.FitsBudget;

        return Variants.Where(request.Allows).All(
            variant =>
                variant.Footprint.Bytes(1, Math.Min(request.Shape.Queries, 128), request.Shape.Keys, request.Device.Workers) > allowed - 1);
    });

    [TestMethod]
    public void Workspace_IsTheFootprintOfTheLargestSlice() => Check(AnyPolicy(), request =>
    {
        if (TryPlan(request) is not { SliceCount: < 20_000 } plan)
            return true;

        long largest = PlanningSetup.Slices(plan).Max(
            slice => plan.Variant.Footprint.Bytes(slice.HeadCount, slice.RowCount, request.Shape.Keys, request.Device.Workers));
        return plan.WorkspaceBytes == largest;
    });

    [TestMethod]
    public void Slices_CoverEveryRowOfEveryHeadOnce_HeadsOutermost() => Check(AnyPolicy(), request =>
    {
        if (TryPlan(request) is not { SliceCount: < 20_000 } plan)
            return true;

        int head = 0;
        int row = 0;
        int count = 0;
        foreach (SliceRange slice in plan)
        {
            bool follows = slice.HeadBegin == head && slice.RowBegin == row && slice.HeadCount > 0 && slice.RowCount > 0
                && slice.HeadCount <= plan.HeadsPerSlice && slice.RowCount <= plan.RowsPerSlice && slice == plan[count];
            if (!follows)
                return false;

            count++;
            row += slice.RowCount;
            if (row == request.Shape.Queries)
                (head, row) = (head + slice.HeadCount, 0);
        }

        return head == request.Shape.TotalHeads && row == 0 && count == plan.SliceCount;
    });

    [TestMethod]
    public void ExactSlices_DifferByAtMostOneHeadAndOneTile() => Check(Requests, request =>
    {
        if (TryPlan(request) is not { SliceCount: < 20_000 } plan)
            return true;

        SliceRange[] slices = PlanningSetup.Slices(plan);
        int tileRows = plan.Variant.Footprint.TileRows;
        int[] tiles = [.. slices.Select(slice => (slice.RowCount + tileRows - 1) / tileRows)];
        return slices.Max(slice => slice.HeadCount) - slices.Min(slice => slice.HeadCount) <= 1
            && tiles.Max() - tiles.Min() <= 1
            && slices.All(slice => slice.RowBegin % tileRows == 0)
            && slices.Max(slice => slice.HeadCount) == plan.HeadsPerSlice
            && slices.Max(slice => slice.RowCount) == plan.RowsPerSlice
            && (plan.Variant.Family == KernelFamily.Streaming || plan.RowsPerSlice <= plan.Variant.SliceRows);
    });

    [TestMethod]
    public void ExactPlan_IsTheFastestOfAllEvenCuts() => Check(
        from request in Requests
        from queries in Gen.Choose(1, 3000)
        select request with { Shape = new(request.Shape.Batch, request.Shape.Heads, queries, request.Shape.Keys, 40) },
        request =>
        {
            long allowed = (long)(request.Budget.UsableBytes / request.Options.SafetyFactor);
            double? least = Variants.Where(request.Allows).Min(variant => BruteForce.LeastSeconds(request, variant, allowed));
            double? planned = TryPlan(request)?.PredictedSeconds;
            return least is null ? planned is null : Math.Abs(planned!.Value - least.Value) <= 1e-9 * least.Value;
        });

    [TestMethod]
    public void MoreMemory_IsNeverSlower() => Check(
        from request in Requests from more in Budgets select (request, more),
        pair =>
        {
            MemoryBudget larger = pair.request.Budget with { FreeBytes = pair.request.Budget.FreeBytes + pair.more };
            return TryPlan(pair.request) is not { } plan
                || TryPlan(pair.request with { Budget = larger }) is { } next && next.PredictedSeconds <= plan.PredictedSeconds;
        });

    [TestMethod]
    public void MoreMemory_IsNeverMoreSlices_OnADeviceWithoutWorkers() => Check(
        from request in Requests
        from more in Budgets
        from variant in Gen.Elements(Variants)
        select (Request: request with { Device = PlanningSetup.WithoutWorkers, Variants = new[] { variant }, Options = new() }, More: more),
        pair =>
        {
            MemoryBudget larger = pair.Request.Budget with { FreeBytes = pair.Request.Budget.FreeBytes + pair.More };
            return TryPlan(pair.Request) is not { } plan
                || TryPlan(pair.Request with { Budget = larger }) is { } next && next.SliceCount <= plan.SliceCount;
        });

    [TestMethod]
    public void LargestLength_Fits_AndTheNextDoesNot() => Check(AnyPolicy(), request =>
    {
        int length = SlicePlanner.LargestLength(
            request.Shape, request.ElementType, request.Variants, request.Device, request.Budget, request.Options);
        return (length == 0 || Fits(request, length)) && !Fits(request, length + 1);
    });

    [TestMethod]
    public void LargestLength_OfExact_IsAtLeastTheLengthThatFits() => Check(Requests, request =>
    {
        int length = SlicePlanner.LargestLength(
            request.Shape, request.ElementType, request.Variants, request.Device, request.Budget, request.Options);
        return TryPlan(request) is null ? length < request.Shape.Queries : length >= request.Shape.Queries;
    });

    [TestMethod]
    public void Explanation_NamesEveryVariant_Within120Columns() => Check(AnyPolicy(), request =>
    {
        if (TryPlan(request) is not { } plan)
            return true;

        string text = plan.Explain();
        return Variants.All(variant => text.Contains(variant.Id, StringComparison.Ordinal))
            && text.Contains("> " + plan.Variant.Id, StringComparison.Ordinal)
            && text.Split('\n').All(line => line.Length <= 120)
            && plan.Candidates.Count == Variants.Length
            && plan.Candidates.Single(candidate => candidate.Taken).WorkspaceBytes == plan.WorkspaceBytes;
    });

    [TestMethod]
    public void PlanAfterOutOfMemory_IsSmaller_AndCoversTheSameRows() => Check(Requests, request =>
    {
        if (TryPlan(request) is not { } plan)
            return true;

        for (SlicePlan? next = plan.NextAfterOutOfMemory(); next is { SliceCount: < 5_000 }; next = next.NextAfterOutOfMemory())
        {
            long rows = PlanningSetup.Slices(next).Sum(slice => (long)slice.HeadCount * slice.RowCount);
            if (next.SliceCount <= plan.SliceCount || next.WorkspaceBytes > plan.WorkspaceBytes
                || rows != (long)request.Shape.TotalHeads * request.Shape.Queries)
                return false;

            plan = next;
        }

        return true;
    });

    private static Gen<PlanRequest> AnyPolicy() =>
        from request in Requests
        from policy in Gen.Elements([.. Presets, "exact"])
        select request with { Options = new() { Policy = policy } };

    private static bool Fits(PlanRequest request, int length)
    {
        AttentionShape shape = request.Shape;
        int keys = shape.Queries == shape.Keys ? length
            : shape.Keys <= 512 ? shape.Keys
            : (int)Math.Round((double)shape.Keys * length / shape.Queries, MidpointRounding.AwayFromZero);
        AttentionShape scaled = new(shape.Batch, shape.Heads, length, keys, shape.HeadDim);
        long growth = scaled.TensorBytes(request.ElementType) - shape.TensorBytes(request.ElementType);
        MemoryBudget budget = request.Budget with { FreeBytes = request.Budget.FreeBytes - growth };
        if (growth > 0 && budget.FreeBytes < budget.ReserveBytes)
            return false;

        return TryPlan(request with { Shape = scaled, Budget = budget }) is { FitsBudget: true };
    }

    private static SlicePlan? TryPlan(PlanRequest request)
    {
        SlicePolicy policy = SlicePolicies.Get(request.Options.Policy);
        return policy.TryPlan(request, out PlanOutcome outcome) ? policy.PlanOf(request, outcome) : null;
    }

    private static void Check<T>(Gen<T> generator, Func<T, bool> holds) =>
        FsCheck.Fluent.Prop.ForAll(generator.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
}
