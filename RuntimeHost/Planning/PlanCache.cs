using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Planning;

/// <summary>
/// Keeps plans, so that the slices of a shape stay the same over the steps of an image although free memory flutters. Thread-safe.
/// </summary>
/// <remarks>
/// A kept plan is given again while it still fits the new budget and the usable bytes are not more than twice those it was made with: a
/// plan that is too large would fail, and one that is much too small would waste the memory that has become free. A preset that did not fit
/// when it was made is kept as long as there is no less memory than then. A hit allocates nothing. The plan given carries the budget it was
/// made with. When the cache is full, the plan that was used least recently goes.
/// </remarks>
public sealed class PlanCache
{
    private const int MostBuckets = 4096;

    // Loops over growing keys at once: the shapes of a model's layers.
    private const int MostGrowing = 8;

    // Chains of entries. A dictionary with a key of its own would be code that every process has to compile before its first plan.
    private readonly Entry?[] _buckets;
    private readonly Lock _lock = new();
    private int _count;
    private readonly GrowingKeys?[] _growing = new GrowingKeys?[MostGrowing];
    private long _clock;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="capacity">The most plans that are kept, at least 1.</param>
    public PlanCache(int capacity = 256)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = capacity;
        _buckets = new Entry?[Math.Min(capacity, MostBuckets)];
    }

    /// <summary>The most plans that are kept.</summary>
    public int Capacity { get; }

    /// <summary>Plans that are kept now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _count;
        }
    }

    /// <summary>A kept plan, or a new one.</summary>
    /// <param name="shape">The call.</param>
    /// <param name="elementType">Its element type.</param>
    /// <param name="variants">The variants to choose from; plans for one array are not given for another.</param>
    /// <param name="device">The device.</param>
    /// <param name="budget">The memory there is now.</param>
    /// <param name="options">Policy, and what variants may be used.</param>
    /// <exception cref="AttentionMemoryException">See <see cref="SlicePlanner.Plan"/>; failures are not kept.</exception>
    public SlicePlan Plan(
        in AttentionShape shape, ElementType elementType, ReadOnlyMemory<KernelVariant> variants, DeviceProfile device, MemoryBudget budget,
        PlanningOptions options)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(options);
        return Plan(new(shape, elementType, variants, device, budget, options));
    }

    /// <summary>As the public method. Plans are not told apart by owner and maker: an array of variants has one of each.</summary>
    internal SlicePlan Plan(in PlanRequest request)
    {
        PlanCacheKey key = new(request.Shape, request.ElementType, request.Variants, request.Device, request.Options);
        int hash = key.GetHashCode();
        lock (_lock)
        {
            if (Find(key, hash) is { } entry && StillGood(entry.Plan, request.Budget, request.Options))
            {
                entry.LastUse = ++_clock;
                return entry.Plan;
            }

            if (FindGrowing(key.WithoutKeys()) is { } growing && growing.Find(request.Shape.Keys) is { } ahead
                && StillGood(ahead, request.Budget, request.Options))
            {
                growing.LastUse = ++_clock;
                return ahead;
            }
        }

        // Outside the lock: two threads may plan the same shape, and one of the equal plans is dropped.
        SlicePlan plan = SlicePlanner.Make(request);
        lock (_lock)
        {
            if (Find(key, hash) is { } entry)
            {
                entry.Plan = plan;
                entry.LastUse = ++_clock;
            }
            else
            {
                if (_count >= Capacity)
                    RemoveLeastRecent();

                ref Entry? bucket = ref Bucket(hash);
                bucket = new(key, hash, plan, bucket) { LastUse = ++_clock };
                _count++;
            }

            Growing(key.WithoutKeys()).Add(request, plan);
        }

        return plan;
    }

    /// <summary>Forgets every plan.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            Array.Clear(_buckets);
            Array.Clear(_growing);
            _count = 0;
        }
    }

    private GrowingKeys? FindGrowing(in PlanCacheKey key)
    {
        foreach (GrowingKeys? growing in _growing)
        {
            if (growing is not null && growing.Key.Equals(key))
                return growing;
        }

        return null;
    }

    // The one used least recently makes room for a new one.
    private GrowingKeys Growing(in PlanCacheKey key)
    {
        GrowingKeys? found = FindGrowing(key);
        if (found is null)
        {
            int oldest = 0;
            for (int i = 0; i < _growing.Length; i++)
            {
                if ((_growing[i]?.LastUse ?? 0) < (_growing[oldest]?.LastUse ?? 0))
                    oldest = i;
            }

            _growing[oldest] = found = new(key);
        }

        found.LastUse = ++_clock;
        return found;
    }

    private ref Entry? Bucket(int hash) => ref _buckets[(uint)hash % (uint)_buckets.Length];

    private Entry? Find(in PlanCacheKey key, int hash)
    {
        Entry? entry = Bucket(hash);
        while (entry is not null && (entry.Hash != hash || !entry.Key.Equals(key)))
            entry = entry.Next;
        return entry;
    }

    private void RemoveLeastRecent()
    {
        Entry? oldest = null;
        foreach (Entry? first in _buckets)
        {
            for (Entry? entry = first; entry is not null; entry = entry.Next)
            {
                if (oldest is null || entry.LastUse < oldest.LastUse)
                    oldest = entry;
            }
        }

        ref Entry? link = ref Bucket(oldest!.Hash);
        while (link != oldest)
            link = ref link!.Next;
        link = oldest.Next;
        _count--;
    }

    private static bool StillGood(SlicePlan plan, in MemoryBudget budget, PlanningOptions options)
    {
        long then = plan.Budget.UsableBytes;
        long now = budget.UsableBytes;
        if (now / 2 > then || (now > 0 && then == 0))
            return false;

        if (!plan.FitsBudget)
            return now >= then;

        return plan.Policy == Policies.SlicePolicies.Exact
            ? plan.WorkspaceBytes <= now / options.SafetyFactor
            : plan.WorkspaceBytes <= now;
    }

    private sealed class Entry(PlanCacheKey key, int hash, SlicePlan plan, Entry? next)
    {
        public Entry? Next = next;

        public PlanCacheKey Key { get; } = key;

        public int Hash => hash;

        public SlicePlan Plan { get; set; } = plan;

        public long LastUse { get; set; }
    }
}
