using System.Globalization;

namespace KernelGen.Planning.Policies;

/// <summary>The policies by name.</summary>
public static class SlicePolicies
{
    /// <summary>The name of the default policy.</summary>
    public const string Exact = "exact";

    private const string DiffusersPrefix = "diffusers:";

    private static readonly SlicePolicy[] Known =
    [
        new ExactPolicy(),
        new DoggettxPolicy(),
        new DoggettxBefore152Policy(),
        new DoggettxVaePolicy(),
        new OriginalV1Policy(),
        new InvokeAiPolicy(),
        new InvokeAiCpuPolicy(),
        new InvokeAiMpsPolicy(),
        new SubQuadraticPolicy(),
        new ComfySplitPolicy(),
        new ComfySubQuadPolicy(),
        new DiffusersPolicy("diffusers", slice: 0),
        new DiffusersPolicy("diffusers:max", slice: 1),
    ];

    /// <summary>Every policy that has a fixed name. <c>diffusers:N</c> with a number of heads is the only other one.</summary>
    public static IReadOnlyList<SlicePolicy> All { get; } = Array.AsReadOnly(Known);

    /// <summary>The names of <see cref="All"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = Array.AsReadOnly(Array.ConvertAll(Known, policy => policy.Name));

    /// <summary>The policy with a name.</summary>
    /// <param name="name">The name; case matters.</param>
    /// <exception cref="ArgumentException">There is none; the message lists all.</exception>
    public static SlicePolicy Get(string name)
    {
        foreach (SlicePolicy policy in Known)
        {
            if (policy.Name == name)
                return policy;
        }

        if (name is not null && name.StartsWith(DiffusersPrefix, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(DiffusersPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int heads)
                && heads >= 1)
        {
            return new DiffusersPolicy(name, heads);
        }

        throw new ArgumentException($"There is no policy \"{name}\". Policies: {string.Join(", ", Names)}, diffusers:N with N heads a "
            + "slice, at least 1.", "options");
    }
}
