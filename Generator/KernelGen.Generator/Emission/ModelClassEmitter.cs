using KernelGen.Generator.Kernels;
using KernelGen.Generator.Kernels.Common;
using KernelGen.Generator.Kernels.Cpu;
using KernelGen.Generator.Model;
using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Emission;

/// <summary>Turns a model class into the files that are added to the user's compilation.</summary>
internal static class ModelClassEmitter
{
    /// <summary>Emits every file of a class; none when a template of the user's is at fault, which its analyzer reports.</summary>
    public static EquatableArray<EmittedFile> Emit(
        ModelClass modelClass, EquatableArray<TemplateOverride> overrides, CancellationToken cancellationToken)
    {
        try
        {
            return new(EmitWith(WithOverrides(overrides), KernelDesigns.All, modelClass, cancellationToken));
        }
        catch (TemplateException) when (overrides.Count > 0)
        {
            return default;
        }
    }

    /// <summary>Emits every file of a class from the given templates and kernel designs.</summary>
    public static ImmutableArray<EmittedFile> EmitWith(
        TemplateLibrary templates, KernelDesigns designs, ModelClass modelClass, CancellationToken cancellationToken)
    {
        templates = templates.Metered();
        ImmutableArray<KernelVariant> variants = designs.Variants(modelClass.Requests);
        return
        [
            new($"{modelClass.FileName}.g.cs", ModelClassMembers.Write(modelClass)),
            new($"{modelClass.FileName}.Catalogue.g.cs", CatalogueFile.Write(modelClass, variants)),
            .. CpuFiles.Write(modelClass, variants.OfType<CpuVariant>(), templates, cancellationToken),
            .. CudaFiles.Write(
                modelClass, CudaSource.Render(variants.OfType<CudaVariant>(), templates, cancellationToken), templates, cancellationToken),
        ];
    }

    /// <summary>The embedded templates with the user's in place of those of the same name.</summary>
    public static TemplateLibrary WithOverrides(EquatableArray<TemplateOverride> overrides) => overrides.Count == 0
        ? TemplateLibrary.Embedded
        : TemplateLibrary.Embedded.WithOverrides(
            overrides.Select(static template => new KeyValuePair<string, string>(template.Name, template.Text)),
            name => overrides.Last(template => template.Name == name).Path);
}
