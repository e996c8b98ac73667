using KernelGen.Kernels;
using KernelGen.Tensors;

namespace KernelGen.Planning;

/// <summary>
/// What plans are kept by. Compares options itself, because the equality that a record generates boxes its nullable enumeration.
/// </summary>
internal readonly struct PlanCacheKey(
    AttentionShape shape, ElementType elementType, ReadOnlyMemory<KernelVariant> variants, DeviceProfile device, PlanningOptions options)
    : IEquatable<PlanCacheKey>
{
    private readonly AttentionShape _shape = shape;
    private readonly ElementType _elementType = elementType;
    private readonly ReadOnlyMemory<KernelVariant> _variants = variants;
    private readonly DeviceProfile _device = device;
    private readonly PlanningOptions _options = options;

    /// <summary>The key of the same call, whatever the number of its keys.</summary>
    public PlanCacheKey WithoutKeys() => new(
        new(_shape.Batch, _shape.Heads, _shape.Queries, 0, _shape.HeadDim, _shape.KeyValueHeads), _elementType, _variants, _device,
        _options);

    /// <inheritdoc/>
    public bool Equals(PlanCacheKey other) =>
        _shape == other._shape
        && _elementType == other._elementType
        && _variants.Equals(other._variants)
        && (ReferenceEquals(_device, other._device) || _device == other._device)
        && (ReferenceEquals(_options, other._options) || Same(_options, other._options));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PlanCacheKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        int hash = string.GetHashCode(_options.Policy, StringComparison.Ordinal) ^ _variants.GetHashCode();
        Add(_shape.Batch);
        Add(_shape.Heads);
        Add(_shape.Queries);
        Add(_shape.Keys);
        Add(_shape.HeadDim);
        Add((int)_elementType);
        return hash ^ (int)((uint)hash >> 15);

        // As strings were hashed once, with a prime.
        void Add(int number) => hash = unchecked((hash * 16777619) ^ number);
    }

    private static bool Same(PlanningOptions one, PlanningOptions other) =>
        one.Policy == other.Policy
        && one.SafetyFactor == other.SafetyFactor
        && one.Family.GetValueOrDefault() == other.Family.GetValueOrDefault()
        && one.Family.HasValue == other.Family.HasValue
        && one.SliceRows == other.SliceRows
        && one.Float32Math == other.Float32Math
        && one.CaptureMap == other.CaptureMap
        && one.Causal == other.Causal
        && one.Masked == other.Masked;
}
