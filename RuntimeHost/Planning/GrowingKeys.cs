using KernelGen.Planning.Policies;

namespace KernelGen.Planning;

/// <summary>
/// Plans of calls that differ in the number of keys alone, as of a decode loop: made ahead once the keys are seen to grow, so that the next
/// ones are found. Not thread-safe.
/// </summary>
/// <remarks>
/// Plans that are made ahead share everything with the first but a few numbers. There are 1024 of them at a time, so that making them is
/// rare and no pause in a loop. Each is what <see cref="SlicePlanner"/> would make: where that is not certain, none are made ahead.
/// </remarks>
/// <param name="key">What the plans have in common: the key of a call without keys.</param>
internal sealed class GrowingKeys(PlanCacheKey key)
{
    private const int Ahead = 1024;

    // A loop may take several steps at once.
    private const int LargestStep = 32;

    private int _keys = int.MaxValue;
    private int _firstKeys;
    private SlicePlan[] _ahead = [];

    /// <summary>The properties that the plans have in common.</summary>
    public PlanCacheKey Key { get; } = key;

    /// <summary>The time at which a plan was last found or made.</summary>
    public long LastUse { get; set; }

    /// <summary>The plan for a number of keys, if it was made ahead.</summary>
    public SlicePlan? Find(int keys)
    {
        int index = keys - _firstKeys;
        if ((uint)index >= (uint)_ahead.Length)
            return null;

        _keys = keys;
        return _ahead[index];
    }

    /// <summary>Takes notice of a plan, and makes others ahead if its keys are a step more than those of the last one.</summary>
    /// <param name="request">What was planned.</param>
    /// <param name="plan">Its plan.</param>
    public void Add(in PlanRequest request, SlicePlan plan)
    {
        int keys = request.Shape.Keys;
        bool grew = keys > _keys && keys - _keys <= LargestStep;
        _keys = keys;
        if (!grew || plan.Planner is not ExactPolicy policy)
            return;

        int count = Math.Min(Ahead, int.MaxValue - keys);
        _ahead = [];
        if (!policy.HoldsForMoreKeys(request, plan, keys + count))
            return;

        _firstKeys = keys + 1;
        SlicePlan[] ahead = new SlicePlan[count];
        for (int i = 0; i < count; i++)
            ahead[i] = plan.WithMoreKeys(_firstKeys + i);
        _ahead = ahead;
    }
}
